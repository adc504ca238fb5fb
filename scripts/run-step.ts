import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readFileSync } from "node:fs";
import { ROOT } from "./source-files.ts";

export interface StepResult {
  ok: boolean;
  /** Standard output and standard error, as they came. Empty when the output was passed through. */
  output: string;
  durationMs: number;
}

/**
 * Runs a Node program of this repository (a script, or the command of an installed package by
 * `packageBin`). With `show`, its output goes straight to the terminal.
 */
export async function runNode(
  args: readonly string[],
  options: { show?: boolean } = {},
): Promise<StepResult> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: options.show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ok = await new Promise<boolean>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
  return { ok, output: Buffer.concat(chunks).toString("utf8"), durationMs: performance.now() - started };
}

/** The path of a package's command, to run with Node without going through npx. */
export function packageBin(packageName: string, command: string = packageName): string {
  const folder = packageFolder(packageName);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  const bin = typeof manifest.bin === "string" ? manifest.bin : manifest.bin[command];
  if (!bin) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, bin);
}

function packageFolder(packageName: string): string {
  const require = createRequire(join(ROOT, "package.json"));
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const candidate = join(folder, packageName, "package.json");
    try {
      readFileSync(candidate);
      return dirname(candidate);
    } catch {
      // Not here: try the next node_modules up.
    }
  }
  throw new Error(`${packageName} is not installed: run npm ci`);
}
