import { spawn } from "node:child_process";
import { join } from "node:path";
import { isStale } from "./build-stamp.ts";
import { runNode } from "./run-step.ts";
import { ROOT } from "./source-files.ts";

/** `npm start [-- FLAGS]`: builds if a source changed, then runs `nightowl serve FLAGS` in the foreground. */
if (isStale()) {
  process.stderr.write("nightowl: building … ");
  // In a process of its own, so that nothing of the bundlers stays while the server runs.
  const { ok, output, durationMs } = await runNode(["--import", "tsx", join(ROOT, "scripts/build.ts")]);
  process.stderr.write(ok ? `done in ${(durationMs / 1000).toFixed(1)} s\n` : `failed\n${output}`);
  if (!ok) process.exit(1);
}

const child = spawn(
  process.execPath,
  [join(ROOT, "packages/cli/bin/nightowl.cjs"), "serve", ...process.argv.slice(2)],
  // npm runs scripts in the root; relative paths among the flags are the user's.
  { stdio: "inherit", cwd: process.env["INIT_CWD"] ?? process.cwd() },
);
// Ctrl-C reaches the child by itself; a signal sent to npm alone does not. The server takes both as one.
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`nightowl: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  for (const name of SIGNALS) process.removeAllListeners(name);
  if (signal) process.kill(process.pid, signal);
  else process.exit(code ?? 1);
});
