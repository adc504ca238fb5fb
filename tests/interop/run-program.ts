import { spawn } from "node:child_process";

/** Runs a program to its end, or kills it at its time limit. `output` is both of its streams, as they came. */
export async function runProgram(
  [command = "", ...args]: readonly string[],
  { cwd, env, timeoutMs }: { cwd?: string; env: Record<string, string>; timeoutMs: number },
): Promise<{ ok: boolean; output: string }> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    ...(cwd === undefined ? {} : { cwd }),
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code, signal) => {
      const killed = signal === null ? "" : `ended by ${signal} (limit ${timeoutMs / 1000} s)\n`;
      resolve({ ok: code === 0, output: killed + Buffer.concat(chunks).toString("utf8") });
    });
  });
}
