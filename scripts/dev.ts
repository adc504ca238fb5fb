import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "vite";
import { runNode } from "./run-step.ts";
import { ROOT } from "./source-files.ts";

/**
 * `npm run dev [-- FLAGS]`: the server from source, restarted on every change, and the page with hot
 * reload on its own port. A store that is empty gets demonstration traces. Flags go to `nightowl serve`.
 */
const flags = process.argv.slice(2);
const port = flagValue("--port") ?? process.env["NIGHTOWL_PORT"] ?? "6006";
// The page's development server passes calls on to this port.
process.env["NIGHTOWL_PORT"] = port;

const server = spawn(
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
    ...flags,
  ],
  { stdio: "inherit", env: { UV_THREADPOOL_SIZE: "16", ...process.env } },
);

const page = await createServer({ root: join(ROOT, "packages/web") });
await page.listen();
page.printUrls();

const stopping = new AbortController();
async function stop(): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  server.kill("SIGTERM");
  await page.close();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
server.on("exit", (code) => {
  void page.close().then(() => process.exit(code ?? 0));
});

await seedWhenEmpty(`http://127.0.0.1:${port}`);

async function seedWhenEmpty(url: string): Promise<void> {
  for (let attempt = 0; attempt < 120 && !stopping.signal.aborted; attempt++) {
    const response = await fetch(`${url}/api/projects`).catch(() => undefined);
    if (response?.ok) {
      const { data } = (await response.json()) as { data: unknown[] };
      if (data.length > 0) return;
      const { output } = await runNode(["--import", "tsx", join(ROOT, "scripts/seed.ts"), "--url", url]);
      console.log(output.trimEnd().split("\n").at(-1));
      return;
    }
    await sleep(500);
  }
}

function flagValue(name: string): string | undefined {
  const inline = flags.find((flag) => flag.startsWith(`${name}=`));
  if (inline) return inline.slice(name.length + 1);
  const index = flags.indexOf(name);
  return index < 0 ? undefined : flags[index + 1];
}
