import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listFiles, ROOT } from "./source-files.ts";

export const CLI_DIST = join(ROOT, "packages/cli/dist");
export const SERVER_DIST = join(ROOT, "packages/server/dist");
export const SDK_DIST = join(ROOT, "packages/sdk/dist");
const WEB_DIST = join(ROOT, "packages/web/dist");
const STAMP = join(ROOT, ".build-stamp");
const OUTPUTS = [
  join(CLI_DIST, "nightowl.js"),
  join(SERVER_DIST, "main.js"),
  join(WEB_DIST, "index.html"),
  join(SDK_DIST, "esm/index.js"),
];

/** Whether anything that the build reads has changed since the last one, or an output is missing. */
export function isStale(): boolean {
  if (!OUTPUTS.every((path) => existsSync(path)) || !existsSync(STAMP)) return true;
  return readFileSync(STAMP, "utf8") !== hashSources();
}

/** Notes that the outputs were built from sources with this hash. */
export function noteBuild(hash: string): void {
  writeFileSync(STAMP, hash);
}

/** Until the next build is done, the outputs are nobody's. */
export function forgetBuild(): void {
  rmSync(STAMP, { force: true });
}

/** A hash over the names and contents of everything that the build reads. */
export function hashSources(): string {
  const hash = createHash("sha256");
  const packages = ["cli", "model", "otlp", "sdk", "server", "web"];
  const sources = packages
    .flatMap((name) => [...listFiles(`packages/${name}/src`), ...listFiles(`packages/${name}/public`)])
    .filter((path) => !/\.test\.tsx?$/.test(path));
  const others = [
    "package-lock.json",
    "scripts/build.ts",
    "packages/web/index.html",
    "packages/web/vite.config.ts",
    "packages/sdk/tsconfig.build.json",
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
