import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { getSpan } from "@nightowl/model/api/spans";
import { getTrace, listTraces } from "@nightowl/model/api/traces";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { createClient } from "@nightowl/model/client/create-client";
import type { Span } from "@nightowl/model/span/span";
import { startScriptedServer } from "../../examples/stack/src/scripted-model/scripted-server.ts";
import { isStale } from "../../scripts/build-stamp.ts";
import { runNode } from "../../scripts/run-step.ts";
import { ROOT } from "../../scripts/source-files.ts";
import { removeDataDir, startNightowl } from "../e2e/nightowl-process.ts";
import { CLIENTS, SCENARIOS, type InteropClient, type Scenario } from "./clients.ts";
import { compareTrace } from "./compare-trace.ts";
import { installClient } from "./install-client.ts";
import { startRecordingProxy, type RecordingProxy } from "./recording-proxy.ts";
import { runProgram } from "./run-program.ts";

/**
 * `npm run interop [-- NAME…] [--dump FOLDER]`: real clients with their instrumentations talk to the scripted model and
 * send what they trace to a Nightowl, which then has to say what went over the wire. Exit code 1 when it does not.
 * `--dump` writes what went over the wire and the spans into a file for each scenario.
 */
const PROGRAM_TIMEOUT_MS = 120_000;
/** Log records are joined to their spans a moment after both are there. */
const ARRIVAL_MS = 5000;
/** Of a program that fails: a traceback's end says most. */
const MAX_OUTPUT_LINES = 15;
const SLOW_ENOUGH_TO_STREAM = { firstTokenMs: 50, perTokenMs: 2 };

interface Outcome {
  client: string;
  scenario: string;
  problems: string[];
}

async function main(): Promise<boolean> {
  const { positionals: names, values } = parseArgs({
    allowPositionals: true,
    options: { dump: { type: "string" } },
  });
  const unknown = names.filter((name) => !CLIENTS.some((client) => client.name === name));
  if (unknown.length > 0)
    throw new Error(
      `no client ${unknown.join(", ")}; there are ${CLIENTS.map(({ name }) => name).join(", ")}`,
    );
  if (isStale()) {
    const { ok, output } = await runNode(["--import", "tsx", join(ROOT, "scripts/build.ts")]);
    if (!ok) throw new Error(output);
  }
  const model = await startScriptedServer({ takesAnyModel: true, pace: SLOW_ENOUGH_TO_STREAM });
  const proxy = await startRecordingProxy(model.baseUrl);
  const nightowl = await startNightowl({ args: ["--log-level", "error"] });
  const outcomes: Outcome[] = [];
  try {
    for (const client of CLIENTS.filter(({ name }) => names.length === 0 || names.includes(name)))
      outcomes.push(...(await runClient(client, nightowl.url, proxy, values.dump)));
  } finally {
    await nightowl.stop();
    await removeDataDir(nightowl.dataDir);
    proxy.close();
    await model.close();
  }
  const failed = outcomes.filter(({ problems }) => problems.length > 0).length;
  console.log(`\n${outcomes.length - failed} ok, ${failed} failed`);
  return failed === 0;
}

/** Installs it, runs each of its scenarios, and prints a line for each. */
async function runClient(
  client: InteropClient,
  url: string,
  proxy: RecordingProxy,
  dumpFolder: string | undefined,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const note = (scenario: string, problems: string[]): void => {
    outcomes.push({ client: client.name, scenario, problems });
    console.log(`${problems.length === 0 ? "ok    " : "failed"}  ${client.name.padEnd(22)} ${scenario}`);
    for (const problem of problems)
      console.log(`          ${problem.trimEnd().replaceAll("\n", "\n          ")}`);
  };
  try {
    const { command, env, versions } = await installClient(client);
    console.log(`\n${client.name}: ${versions}`);
    for (const scenario of SCENARIOS) {
      const project = `${client.name} ${scenario}`;
      const { ok, output } = await runProgram([...command, scenario], {
        env: {
          OPENAI_BASE_URL: proxy.baseUrl,
          OPENAI_API_KEY: "scripted",
          OTEL_SERVICE_NAME: client.name,
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
          OTEL_EXPORTER_OTLP_HEADERS: `x-project-name=${encodeURIComponent(project)}`,
          ...env,
          ...client.env,
        },
        timeoutMs: PROGRAM_TIMEOUT_MS,
      });
      const exchanges = proxy.takeExchanges();
      if (!ok)
        note(scenario, [`the program failed:\n${output.split("\n").slice(-MAX_OUTPUT_LINES).join("\n")}`]);
      else note(scenario, await compareWhenThere(client, scenario, exchanges, { url, project }));
      if (ok && dumpFolder !== undefined)
        dump(join(dumpFolder, `${project}.json`), { exchanges, ...(await readTrace({ url, project })) });
    }
  } catch (error) {
    note("", [error instanceof Error ? error.message : String(error)]);
  }
  return outcomes;
}

function dump(path: string, content: unknown): void {
  // npm runs scripts in the root; a relative path is the user's.
  const absolute = resolve(process.env["INIT_CWD"] ?? ".", path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, JSON.stringify(content, null, 2));
}

async function compareWhenThere(
  client: InteropClient,
  scenario: Scenario,
  exchanges: Parameters<typeof compareTrace>[2],
  where: { url: string; project: string },
): Promise<string[]> {
  const deadline = Date.now() + ARRIVAL_MS;
  for (;;) {
    const problems = await readTrace(where).then(
      (read) => compareTrace(client, scenario, exchanges, read),
      (error: unknown) => [error instanceof Error ? error.message : String(error)],
    );
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await sleep(250);
  }
}

/** The project's one trace with its whole spans, in the order of their start. Throws when there are none or several. */
async function readTrace({ url, project }: { url: string; project: string }): Promise<{
  trace: TraceSummary;
  spans: Span[];
}> {
  const api = createClient({ baseUrl: url });
  const { data } = await api.call(listTraces, { params: { project } });
  const [{ traceId } = { traceId: "" }] = data;
  if (data.length !== 1)
    throw new Error(`${data.length} traces instead of one: ${data.map(({ name }) => name).join(", ")}`);
  const { trace, spans } = await api.call(getTrace, { params: { project, traceId } });
  const whole = spans.map(({ spanId }) =>
    api.call(getSpan, { params: { project, traceId, spanId }, query: { full: true } }),
  );
  return { trace, spans: await Promise.all(whole) };
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
