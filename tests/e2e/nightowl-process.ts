import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const BIN = fileURLToPath(new URL("../../packages/cli/bin/nightowl.cjs", import.meta.url));
const BUNDLE = fileURLToPath(new URL("../../packages/cli/dist/nightowl.js", import.meta.url));

/** The product as its user runs it: the built command, in a process of its own, on free ports. */
export interface NightowlProcess {
  url: string;
  otlpHttpUrl: string;
  grpcAddress: string;
  dataDir: string;
  pid: number;
  /** Everything the process has printed so far. */
  output(): string;
  /** SIGTERM, and wait for the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

export interface StartOptions {
  /** Reuse this folder; without it a new temporary one is made, and removed by `removeDataDir`. */
  dataDir?: string;
  args?: string[];
  env?: Record<string, string>;
}

/** Starts the built command and waits until `/readyz` says yes. Throws with its output if it dies first. */
export async function startNightowl(options: StartOptions = {}): Promise<NightowlProcess> {
  if (!existsSync(BUNDLE)) throw new Error("the bundle is missing: run `npm run build` first");
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "nightowl-e2e-")));
  const child = spawn(
    process.execPath,
    [
      BIN,
      "serve",
      // Ports that it chooses itself: one that was free a moment ago may be another test's by now.
      "--port=0",
      "--otlp-http-port=0",
      "--grpc-port=0",
      "--data-dir",
      dataDir,
      ...(options.args ?? []),
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env } },
  );
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const addresses = await waitUntilReady(child, () => printed);
  return {
    ...addresses,
    dataDir,
    pid: child.pid ?? 0,
    output: () => printed,
    stop: () => end(child, "SIGTERM"),
    kill: async () => void (await end(child, "SIGKILL")),
  };
}

/** Removes a data folder that a test has finished with. */
export async function removeDataDir(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
}

type Addresses = Pick<NightowlProcess, "url" | "otlpHttpUrl" | "grpcAddress">;

async function waitUntilReady(child: ChildProcess, printed: () => string): Promise<Addresses> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`nightowl exited with ${child.exitCode}:\n${printed()}`);
    const addresses = readAddresses(stripVTControlCharacters(printed()));
    if (addresses) {
      const { ok } = await fetch(`${addresses.url}/readyz`);
      if (ok) return addresses;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGKILL");
  throw new Error(`nightowl was not ready within 60 s:\n${printed()}`);
}

/** The addresses that the server prints when it is ready; undefined until it has. */
function readAddresses(printed: string): Addresses | undefined {
  const [, url, otlpHttpUrl] = /^ {2}OTLP\/HTTP +(\S+)(?: +(\S+))?$/m.exec(printed) ?? [];
  const [, grpcAddress] = /^ {2}OTLP\/gRPC +(\S+)$/m.exec(printed) ?? [];
  return url && grpcAddress ? { url, otlpHttpUrl: otlpHttpUrl ?? url, grpcAddress } : undefined;
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill(signal);
  });
}
