import { execFile, spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openPage, page, server } from "./open-page.ts";

const TIMEOUT_MS = 120_000;

/** The example as its user runs it, with the commands of package.json, against a Nightowl of its own. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as {
  scripts: Record<string, string>;
};
const run = promisify(execFile);

openPage({ height: 1000 });

/** `npm run NAME -- ARGS` without npm. A developer's own key is not used. */
function commandOf(
  name: string,
  args: string[],
): { args: string[]; options: { cwd: string; env: NodeJS.ProcessEnv } } {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;
  return {
    args: [...(scripts[name] ?? "").split(" ").slice(1), ...args],
    options: { cwd: ROOT, env: { ...env, NIGHTOWL_ENDPOINT: server.url } },
  };
}

const spanRows = () => page.getByRole("treegrid").locator('[role="row"][aria-level]');

test(
  "npm run example prints an answer, a waterfall and an address that shows them",
  { timeout: TIMEOUT_MS },
  async () => {
    const { args, options } = commandOf("example", []);
    const { stdout } = await run(process.execPath, args, options);
    expect(stdout).toContain("scripted-1, a scripted model");
    expect(stdout).toContain("the server says so and goes on without");
    expect(stdout).toMatch(/^agent\.run +[\d.]+ m?s {2}█+$/m);
    const [address = ""] = /^http\S+\/traces\/[0-9a-f]{32}$/m.exec(stdout) ?? [];

    await page.goto(address);
    await spanRows().first().waitFor();
    const names = [
      "agent.run",
      "llm.chat",
      "tool.search_docs",
      "retrieval",
      "embedding",
      "rerank",
      "llm.chat",
      "tool.fetch_chunk",
      "llm.chat",
    ];
    expect(await spanRows().allTextContents()).toEqual(names.map((name) => expect.stringContaining(name)));
    const panel = page.getByRole("region", { name: "Selected span" });
    const shown: Record<number, string> = {
      0: "What happens when port 4317 is already taken by a collector?",
      3: "configuration#ports",
      6: "new since the previous call",
      7: "docs/configuration.md",
      8: "docs-assistant · v2",
    };
    for (const [row, text] of Object.entries(shown)) {
      await spanRows().nth(Number(row)).click();
      await panel.getByText(text).first().waitFor();
    }
  },
);

test(
  "npm run example without Nightowl still answers, and says what is missing",
  { timeout: TIMEOUT_MS },
  async () => {
    const { args, options } = commandOf("example", ["--prompt", "v1", "How is the database backed up?"]);
    const env = { ...options.env, NIGHTOWL_ENDPOINT: "http://127.0.0.1:9" };
    const { stdout, stderr } = await run(process.execPath, args, { ...options, env });
    expect(stdout).toMatch(/^agent\.run/m);
    expect(stdout).toContain("Nightowl does not answer at http://127.0.0.1:9");
    expect(stderr).toBe("");
  },
);

test("npm run example says which flags there are", async () => {
  const { args, options } = commandOf("example", ["--prompt", "v9"]);
  await expect(run(process.execPath, args, options)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("v1, v2"),
  });
});

test(
  "a POST /ask that fails in a tool leads by its X-Trace-Id to the red span and its stack",
  { timeout: TIMEOUT_MS },
  async () => {
    const { args, options } = commandOf("example:server", ["--port", "0"]);
    const service = spawn(process.execPath, args, {
      ...options,
      env: { ...options.env, STACK_FAULT: "missing-source" },
    });
    try {
      const url = await addressOf(service);
      const response = await fetch(`${url}/ask`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-user-id": "ada" },
        body: JSON.stringify({ question: "What happens when port 4317 is already taken by a collector?" }),
      });
      expect(response.status).toBe(500);
      const traceId = response.headers.get("x-trace-id") ?? "";
      await response.arrayBuffer();
      await expect
        .poll(async () => (await fetch(`${server.url}/api/traces/${traceId}`)).status, { timeout: 10_000 })
        .toBe(200);

      await page.goto(`${server.url}/projects/default/traces`);
      await page.getByRole("grid").waitFor();
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByPlaceholder(/^Paste a trace id/).waitFor();
      await page.keyboard.insertText(traceId);
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/traces/${traceId}**`);
      await spanRows().filter({ hasText: "tool.fetch_chunk" }).click();
      const panel = page.getByRole("region", { name: "Selected span" });
      await panel.getByText("ENOENT").first().waitFor();
      await panel.getByRole("tab", { name: /Events/ }).click();
      await panel
        .getByText(/corpus\.ts/)
        .first()
        .waitFor();
    } finally {
      service.kill();
    }
  },
);

/** The address that the server prints once it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    const [, address] = /answers at (http:\S+?),/.exec(printed) ?? [];
    if (address) return address;
  }
  throw new Error(`the server did not start:\n${printed}`);
}
