import { parseArgs } from "node:util";
import { createRandom } from "../packages/cli/src/demo/random.ts";
import { toResourceSpans, type TraceDraft } from "../packages/cli/src/demo/trace-draft.ts";
import { blockedRequest, bookingAgent, handbookAnswer, longCrawl, supportAgent } from "./seed/scenarios.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_SPANS_PER_REQUEST = 500;
const PARALLEL_REQUESTS = 8;

const HELP = `npm run seed -- [flags]: sends traces of the last 24 hours, in several conventions, to a running server
(\`npx nightowl demo\` makes believable ones)

  --url URL            the server (NIGHTOWL_URL, else http://127.0.0.1:6006)
  --traces N           how many traces (400)
  --spans-in-one N     and one more trace of N spans (0: none)
  --seed N             other data for another number (1); the same data for the same one
  --now TIME           the end of the 24 hours (now)
`;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: process.env["NIGHTOWL_URL"] || "http://127.0.0.1:6006" },
    traces: { type: "string", default: "400" },
    "spans-in-one": { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    now: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const nowMs = values.now === undefined ? Date.now() : Date.parse(values.now);
  const count = Number(values.traces);
  const spansInOne = Number(values["spans-in-one"]);
  const seed = Number(values.seed);
  if (![nowMs, count, spansInOne, seed].every(Number.isFinite)) {
    console.error(`a flag is not a number or a time\n\n${HELP}`);
    process.exitCode = 1;
  } else {
    await seedServer({ url: values.url.replace(/\/+$/, ""), nowMs, count, spansInOne, seed });
  }
}

interface SeedOptions {
  url: string;
  nowMs: number;
  count: number;
  spansInOne: number;
  seed: number;
}

async function seedServer({ url, nowMs, count, spansInOne, seed }: SeedOptions): Promise<void> {
  // Ids differ from run to run, or a second seeding would be a second export of the same spans.
  const random = createRandom(seed * 1_000_003 + Math.floor(nowMs / 1000));
  let spans = 0;
  const running = new Set<Promise<void>>();
  for (let sent = 0; sent < count; sent++) {
    // Busier by day than by night, with the newest trace a moment ago.
    const share = sent / Math.max(1, count - 1);
    const wave = Math.sin(share * Math.PI * 2) * 0.08;
    const startMs = nowMs - 20_000 - (1 - Math.min(1, Math.max(0, share + wave))) * (DAY_MS - 60_000);
    const trace = createTrace(random, startMs + random.int(0, 5000));
    fill(trace);
    const task: Promise<void> = send(url, trace)
      .then((sentSpans) => void (spans += sentSpans))
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= PARALLEL_REQUESTS) await Promise.race(running);
    if (sent % 50 === 49) process.stderr.write(`  ${sent + 1} of ${count} traces\n`);
  }
  await Promise.all(running);
  if (spansInOne > 0) {
    const trace = createTrace(random, nowMs - 120_000 - spansInOne * 40);
    trace.sender.service = trace.scope.name = "crawler";
    longCrawl(trace, spansInOne);
    spans += await send(url, trace);
    console.log(`the long trace: ${url}/traces/${trace.traceId}`);
  }
  console.log(`sent ${spans} spans in ${count + (spansInOne > 0 ? 1 : 0)} traces to ${url}`);
}

function createTrace(random: TraceDraft["random"], startMs: number): TraceDraft {
  const environment = random.chance(0.15) ? "staging" : "production";
  return {
    random,
    traceId: random.hex(32),
    startMs,
    sender: { service: "support-bot", version: "2.3.1", environment },
    scope: { name: "@arizeai/openinference-instrumentation-openai", version: "1.4.0" },
    spans: [],
  };
}

function fill(trace: TraceDraft): void {
  const dice = trace.random.next();
  if (dice < 0.45) {
    supportAgent(trace);
  } else if (dice < 0.75) {
    trace.sender.service = "handbook";
    handbookAnswer(trace);
  } else if (dice < 0.95) {
    trace.sender.service = "concierge";
    trace.scope.name = "opentelemetry.instrumentation.anthropic";
    if (trace.random.chance(0.5)) trace.sender.project = "concierge";
    bookingAgent(trace);
  } else {
    blockedRequest(trace);
  }
}

/** Posts a trace, a request per 500 spans. Returns the number of spans. Throws when one is not accepted. */
async function send(url: string, trace: TraceDraft): Promise<number> {
  for (let from = 0; from < trace.spans.length; from += MAX_SPANS_PER_REQUEST) {
    const part = { ...trace, spans: trace.spans.slice(from, from + MAX_SPANS_PER_REQUEST) };
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [toResourceSpans(part)] }),
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  }
  return trace.spans.length;
}
