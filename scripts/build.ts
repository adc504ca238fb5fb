import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { build as buildPage } from "vite";
import { CLI_DIST, forgetBuild, hashSources, noteBuild, SDK_DIST, SERVER_DIST } from "./build-stamp.ts";
import { packageBin, runNode } from "./run-step.ts";
import { ROOT } from "./source-files.ts";

/**
 * Builds what runs: the command line into packages/cli/dist, the server into packages/server/dist,
 * the page into packages/web/dist, and the SDK, for applications to import, into packages/sdk/dist. npm packages
 * stay outside the bundles, and each bundle lies in its own package, so that it finds the versions that package
 * asked for.
 */
async function build(): Promise<void> {
  forgetBuild();
  const hash = hashSources();
  await Promise.all([bundleServer(), bundleCli(), buildSdk()]);
  await buildPage({ root: join(ROOT, "packages/web"), logLevel: "warn" });
  noteBuild(hash);
}

/** Ours are bundled; whatever npm installs is not, nor is Node's own. */
function isExternal(id: string): boolean {
  return !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("@nightowl/");
}

async function bundleServer(): Promise<void> {
  rmSync(SERVER_DIST, { recursive: true, force: true });
  const bundle = await rolldown({
    input: {
      main: join(ROOT, "packages/server/src/main.ts"),
      config: join(ROOT, "packages/server/src/config.ts"),
    },
    platform: "node",
    external: isExternal,
  });
  await bundle.write({
    dir: SERVER_DIST,
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  await bundle.close();
}

async function bundleCli(): Promise<void> {
  rmSync(CLI_DIST, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { nightowl: join(ROOT, "packages/cli/src/main.ts") },
    platform: "node",
    external: isExternal,
    plugins: [
      {
        name: "server-bundle",
        resolveId(id) {
          const entry = /^@nightowl\/server\/(main|config)$/.exec(id)?.[1];
          return entry ? { id: `../../server/dist/${entry}.js`, external: true } : undefined;
        },
      },
    ],
  });
  await bundle.write({
    dir: CLI_DIST,
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  await bundle.close();
}

/** As ES modules and as CommonJS, each with its types. */
async function buildSdk(): Promise<void> {
  rmSync(SDK_DIST, { recursive: true, force: true });
  const bundle = await rolldown({
    input: {
      index: join(ROOT, "packages/sdk/src/index.ts"),
      testing: join(ROOT, "packages/sdk/src/testing/testing.ts"),
    },
    platform: "node",
    external: isExternal,
  });
  for (const [format, type] of [
    ["esm", "module"],
    ["cjs", "commonjs"],
  ] as const) {
    const dir = join(SDK_DIST, format);
    await bundle.write({
      dir,
      format,
      sourcemap: true,
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
    });
    // Says what the files of this folder are, whatever the package around it says.
    writeFileSync(join(dir, "package.json"), `${JSON.stringify({ type })}\n`);
  }
  await bundle.close();
  for (const format of ["esm", "cjs"]) {
    const tsc = [packageBin("typescript", "tsc"), "-p", join(ROOT, "packages/sdk/tsconfig.build.json")];
    const { ok, output } = await runNode([...tsc, "--outDir", join(SDK_DIST, format)]);
    if (!ok) throw new Error(output);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  try {
    await build();
    console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
