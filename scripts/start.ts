import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, isStale } from "./build.ts";
import { ROOT } from "./source-files.ts";

/** `npm start [-- FLAGS]`: builds if a source changed, then runs `nightowl serve FLAGS` in the foreground. */
if (isStale()) {
  const started = performance.now();
  process.stderr.write("nightowl: building … ");
  await build();
  process.stderr.write(`done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
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
