import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Starts the built command and waits until `/readyz` says yes. Throws with its output if it dies first. */
export async function startNightowl(options: StartOptions = {}): Promise<NightowlProcess> {
  if (!existsSync(BUNDLE)) throw new Error("the bundle is missing: run `npm run build` first");
  const [port, otlpHttpPort, grpcPort] = [await freePort(), await freePort(), await freePort()];
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "nightowl-e2e-")));
  const child = spawn(
    process.execPath,
    [
      BIN,
      "serve",
      "--port",
      `${port}`,
      "--otlp-http-port",
      `${otlpHttpPort}`,
      "--grpc-port",
      `${grpcPort}`,
      "--data-dir",
      dataDir,
      ...(options.args ?? []),
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env } },
  );
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(url, child, () => printed);
  return {
    url,
    otlpHttpUrl: `http://127.0.0.1:${otlpHttpPort}`,
    grpcAddress: `127.0.0.1:${grpcPort}`,
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

async function waitUntilReady(url: string, child: ChildProcess, printed: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`nightowl exited with ${child.exitCode}:\n${printed()}`);
    const ready = await fetch(`${url}/readyz`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error(`nightowl was not ready within 60 s:\n${printed()}`);
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill(signal);
  });
}
