import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createServer } from "vite";
import { ROOT } from "./source-files.ts";

/**
 * `npm run dev [-- FLAGS]`: the server from source, restarted on every change, and the page with hot
 * reload on its own port. Flags go to `nightowl serve`. Seed it with `npx tsx scripts/seed.ts`.
 */
const server: ChildProcess = spawn(
  process.execPath,
  [
    "--import",
    "tsx",
    "--watch",
    "--watch-preserve-output",
    join(ROOT, "packages/cli/src/main.ts"),
    "serve",
    "--data-dir",
    join(ROOT, ".nightowl/dev"),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit", env: { UV_THREADPOOL_SIZE: "16", ...process.env } },
);

const page = await createServer({ root: join(ROOT, "packages/web") });
await page.listen();
page.printUrls();

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  server.kill("SIGTERM");
  await page.close();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
server.on("exit", (code) => {
  void page.close().then(() => process.exit(code ?? 0));
});
