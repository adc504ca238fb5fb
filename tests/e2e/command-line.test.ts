import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { removeDataDir, startNightowl, type NightowlProcess } from "./nightowl-process.ts";

const BIN = fileURLToPath(new URL("../../packages/cli/bin/nightowl.cjs", import.meta.url));
const run = promisify(execFile);

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** The built command, with its output through a pipe as a script would have it. */
async function nightowl(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  return run(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: "1", ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

/** Does what the printed line does; curl itself is not on every machine that runs tests. */
async function sendFirstTrace({ output }: NightowlProcess): Promise<void> {
  await expect.poll(output).toContain("curl");
  const line =
    output()
      .split("\n")
      .find((each) => each.includes("curl")) ?? "";
  const [print = "", curl = ""] = line.split(" | ");
  const [, type = "", url = ""] = /^curl -sS -H 'content-type: (.*)' -d @- (\S+)$/.exec(curl) ?? [];
  const { stdout: body } = await run("sh", ["-c", print]);
  const response = await fetch(url, { method: "POST", headers: { "content-type": type }, body });
  expect(response.status).toBe(200);
}

let server: NightowlProcess;
beforeAll(async () => {
  server = await startNightowl();
});
afterAll(async () => {
  await server.kill();
  await removeDataDir(server.dataDir);
});

it("prints lines that send a first trace, and they do", async () => {
  await expect.poll(() => server.output()).toContain("OTEL_EXPORTER_OTLP_ENDPOINT");
  const printed = server.output();
  expect(printed).toContain(`page       ${server.url}`);
  expect(printed).toContain(`data       ${server.dataDir}`);
  expect(printed).toContain(`export OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`);
  await sendFirstTrace(server);
  const { stdout } = await nightowl(["traces", "--url", server.url, "--json"]);
  expect(JSON.parse(stdout).data[0]).toMatchObject({
    name: "hello",
    kind: "LLM",
    inputPreview: "Who is there?",
  });
});

it("finds the server by NIGHTOWL_URL", async () => {
  const { code, stdout } = await nightowl(["traces"], { NIGHTOWL_URL: server.url });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^TIME .*\n.* hello /);
});

it("survives a reader that goes away", async () => {
  const command = `"${process.execPath}" "${BIN}" traces --url ${server.url} --json | true; echo "status \${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await run("bash", ["-c", command]);
  expect(stdout).toBe("status 0\n");
  expect(stderr).toBe("");
});

it("answers what cannot be with one line and exit code 1", async () => {
  const cases: [string[], RegExp][] = [
    [["trace", "123", "--url", server.url], /^nightowl: "123" is not a trace id/],
    [["trace"], /^nightowl: Missing required positional argument: ID/],
    [["traces", "--limt", "3"], /^nightowl: traces has no flag --limt/],
    [["tracs"], /^nightowl: there is no command "tracs"/],
    [["traces", "--url", "http://127.0.0.1:9"], /^nightowl: Cannot reach http:\/\/127\.0\.0\.1:9/],
    [["import", "/nowhere.json", "--url", server.url], /^sending \/nowhere\.json/],
    [["serve", "--port", "no"], /^nightowl: --port/],
    [["demo", "--url", "http://127.0.0.1:9"], /^nightowl: Cannot reach .*\n {2}Is Nightowl running there\?/],
    [["demo", "--days", "none", "--url", server.url], /^nightowl: --days "none"/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await nightowl(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(1);
  }
});

it("helps", async () => {
  for (const [args, text] of [
    [[], "serve"],
    [["serve", "--help"], "NIGHTOWL_DATA_DIR"],
    [["import", "-h"], "NDJSON"],
    [["demo", "--help"], "--traces"],
    [["help", "trace"], "--span"],
  ] as [string[], string][]) {
    const { code, stdout } = await nightowl(args);
    expect(stdout).toContain(text);
    expect(stdout).not.toContain("\u001B");
    expect(code).toBe(0);
  }
});

it("refuses a folder that another server has, and a port that is taken, naming them", async () => {
  const off = ["--otlp-http-port", "off", "--grpc-port", "off", "--log-level", "silent"];
  const folder = await nightowl(["serve", "--port", "0", ...off, "--data-dir", server.dataDir]);
  expect(folder.code).toBe(1);
  expect(folder.stderr).toContain(server.dataDir);
  const own = mkdtempSync(join(tmpdir(), "nightowl-e2e-"));
  const { port } = new URL(server.url);
  const taken = await nightowl(["serve", "--port", port, ...off, "--data-dir", own]);
  await removeDataDir(own);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toContain(`Port ${port}`);
  expect(taken.stderr).not.toContain("    at ");
});

it("fills a project with a demo, and counts as the server does", async () => {
  const flags = ["--url", server.url, "--traces", "60", "--days", "2"];
  const { code, stdout, stderr } = await nightowl(["demo", ...flags, "--json"]);
  expect(stderr).toMatch(/^sending /);
  expect(code).toBe(0);
  const report = JSON.parse(stdout);
  const stats = await (await fetch(`${server.url}/api/projects/demo/traces/stats`)).json();
  expect(stats).toMatchObject({
    traceCount: report.traceCount,
    errorCount: report.errorCount,
    spanCount: report.spanCount,
    inputTokens: report.inputTokens,
    outputTokens: report.outputTokens,
    unpricedCount: report.unpricedCount,
  });
  expect((await fetch(report.page)).status).toBe(200);

  const again = await nightowl(["demo", ...flags]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/^nightowl: project "demo" has \d+ traces already.*\n.*--force/);
});

it.each(["SIGTERM", "SIGINT"] as const)(
  "stops on %s with everything on disk, even when it comes twice at once",
  async (signal) => {
    const first = await startNightowl();
    await sendFirstTrace(first);
    process.kill(first.pid, signal);
    process.kill(first.pid, signal);
    await expect.poll(() => first.output()).toContain("nightowl: stopped");
    const again = await startNightowl({ dataDir: first.dataDir });
    const { stdout } = await nightowl(["traces", "--url", again.url]);
    expect(stdout).toContain("hello");
    expect(await again.stop()).toBe(0);
    await removeDataDir(first.dataDir);
  },
);
