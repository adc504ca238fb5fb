import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { build as buildPage } from "vite";
import { listFiles, ROOT } from "./source-files.ts";

const CLI_DIST = join(ROOT, "packages/cli/dist");
const SERVER_DIST = join(ROOT, "packages/server/dist");
const WEB_DIST = join(ROOT, "packages/web/dist");
const STAMP = join(ROOT, ".build-stamp");
const OUTPUTS = [join(CLI_DIST, "nightowl.js"), join(SERVER_DIST, "main.js"), join(WEB_DIST, "index.html")];

/**
 * Builds what runs: the command line into packages/cli/dist, the server into packages/server/dist and
 * the page into packages/web/dist. npm packages stay outside the bundles, and each bundle lies in its own
 * package, so that it finds the versions that package asked for.
 */
export async function build(): Promise<void> {
  rmSync(STAMP, { force: true });
  const stamp = sourceHash();
  await Promise.all([bundleServer(), bundleCli()]);
  await buildPage({ root: join(ROOT, "packages/web"), logLevel: "warn" });
  writeFileSync(STAMP, stamp);
}

/** Whether anything that the build reads has changed since the last one, or an output is missing. */
export function isStale(): boolean {
  if (!OUTPUTS.every((path) => existsSync(path)) || !existsSync(STAMP)) return true;
  return readFileSync(STAMP, "utf8") !== sourceHash();
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

/** A hash over the names and contents of everything that the build reads. */
function sourceHash(): string {
  const hash = createHash("sha256");
  const packages = ["cli", "model", "otlp", "server", "web"];
  const sources = packages
    .flatMap((name) => [...listFiles(`packages/${name}/src`), ...listFiles(`packages/${name}/public`)])
    .filter((path) => !/\.test\.tsx?$/.test(path));
  const others = [
    "package-lock.json",
    "scripts/build.ts",
    "packages/web/index.html",
    "packages/web/vite.config.ts",
    ...packages.map((name) => `packages/${name}/package.json`),
  ].map((path) => join(ROOT, path));
  for (const path of [...sources, ...others]) {
    hash
      .update(`${relative(ROOT, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex");
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
