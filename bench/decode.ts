import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { decodeTraceJson } from "../packages/otlp/src/decode/json.ts";
import { decodeTraceProtobuf } from "../packages/otlp/src/decode/protobuf.ts";
import { exportTraceServiceRequest } from "../packages/otlp/src/decode/testing/otlp-descriptor.ts";
import { encodeTraceJson } from "../packages/otlp/src/encode/json.ts";

/**
 * How many spans a second the decoder reads, beside @bufbuild/protobuf in the same process and on the same
 * bytes: batches of 512 LLM spans of about 2 KB with 20 attributes. The two take turns, and the best round of
 * each counts, so that a busy machine hurts both alike. (The other library only parses; ours also checks the
 * ids, times and text of each span.)
 *
 * Run: npx tsx bench/decode.ts
 */
const SPANS_PER_REQUEST = 512;
const REQUESTS = 8;
const ROUNDS = 30;

const requests = Array.from({ length: REQUESTS }, (_, number) => llmRequest(number));
const jsonRequests = requests.map((bytes) => Buffer.from(encodeTraceJson(decodeTraceProtobuf(bytes).spans)));
const bytesPerSpan = requests[0]!.length / SPANS_PER_REQUEST;

const contestants = {
  "nightowl, protobuf": () => {
    for (const bytes of requests) expectSpans(decodeTraceProtobuf(bytes).spans.length);
  },
  "@bufbuild/protobuf": () => {
    for (const bytes of requests) fromBinary(exportTraceServiceRequest, bytes);
  },
  "nightowl, JSON": () => {
    for (const bytes of jsonRequests) expectSpans(decodeTraceJson(bytes).spans.length);
  },
};

const bestMs: Record<string, number> = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const start = performance.now();
    run();
    bestMs[name] = Math.min(bestMs[name] ?? Infinity, performance.now() - start);
  }
}

console.log(
  `${Math.round(bytesPerSpan)} bytes a span in protobuf, 20 attributes, ${SPANS_PER_REQUEST} spans a request; Node ${process.version}`,
);
const microseconds = (name: string) => (bestMs[name]! * 1000) / (REQUESTS * SPANS_PER_REQUEST);
for (const name of Object.keys(contestants)) {
  const perSpan = microseconds(name);
  const line = [
    name.padEnd(20),
    `${perSpan.toFixed(1).padStart(6)} µs a span`,
    `${Math.round(1e6 / perSpan)
      .toLocaleString("en")
      .padStart(10)} spans/s`,
  ];
  console.log(line.join("  "));
}
const ratio = microseconds("@bufbuild/protobuf") / microseconds("nightowl, protobuf");
console.log(`ratio to @bufbuild/protobuf: ${ratio.toFixed(1)}`);

function expectSpans(count: number): void {
  if (count !== SPANS_PER_REQUEST)
    throw new Error(`${count} spans were decoded, ${SPANS_PER_REQUEST} were sent.`);
}

/** One export request as an instrumented chat service sends it; every span has its own ids, times and texts. */
function llmRequest(number: number): Uint8Array {
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, index) =>
    llmSpan(number * SPANS_PER_REQUEST + index),
  );
  const resource = {
    attributes: [
      text("service.name", "chat"),
      text("service.version", "1.4.2"),
      text("telemetry.sdk.language", "nodejs"),
    ],
  };
  const scope = { name: "@arizeai/openinference-instrumentation-openai", version: "4.2.7" };
  const init = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
  return toBinary(exportTraceServiceRequest, create(exportTraceServiceRequest, init));
}

function llmSpan(n: number): object {
  const startNs = 1_795_132_800_000_000_000n + BigInt(n) * 1_234_567n;
  const question =
    `Question ${n}: which of our three plans is right for a team of ${n % 90} people that needs single sign-on, and what does it cost a year? `.repeat(
      3,
    );
  const answer =
    `For ${n % 90} people with single sign-on the business plan fits; it costs ${n} dollars a year, and the café ☕ is included. `.repeat(
      3,
    );
  return {
    traceId: idBytes(16, Math.floor(n / 8)),
    spanId: idBytes(8, n),
    parentSpanId: idBytes(8, n - (n % 8)),
    name: "OpenAI Chat Completions",
    kind: 1,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + 812_345_678n,
    attributes: [
      text("openinference.span.kind", "LLM"),
      text("llm.system", "openai"),
      text("llm.provider", "openai"),
      text("llm.model_name", "gpt-4o-mini-2024-07-18"),
      text("llm.invocation_parameters", '{"model":"gpt-4o-mini","temperature":0.2,"max_tokens":1024}'),
      text("llm.input_messages.0.message.role", "system"),
      text(
        "llm.input_messages.0.message.content",
        "You are the assistant of a small company. Answer in two sentences.",
      ),
      text("llm.input_messages.1.message.role", "user"),
      text("llm.input_messages.1.message.content", question),
      text("llm.output_messages.0.message.role", "assistant"),
      text("llm.output_messages.0.message.content", answer),
      int("llm.token_count.prompt", 1217),
      int("llm.token_count.completion", 38 + (n % 50)),
      int("llm.token_count.total", 1255 + (n % 50)),
      int("llm.token_count.prompt_details.cache_read", 1024),
      { key: "llm.cost.total", value: { value: { case: "doubleValue", value: 0.000123 * n } } },
      text("input.mime_type", "application/json"),
      text("output.value", answer.slice(0, 200)),
      text("session.id", `session-${n % 100}`),
      text("user.id", `user-${n % 1000}`),
    ],
    status: { code: 1 },
    flags: 257,
  };
}

function text(key: string, value: string): object {
  return { key, value: { value: { case: "stringValue", value } } };
}

function int(key: string, value: number): object {
  return { key, value: { value: { case: "intValue", value: BigInt(value) } } };
}

function idBytes(length: number, n: number): Uint8Array {
  const bytes = Buffer.alloc(length, 0x5a);
  bytes.writeUInt32BE(n + 1, length - 4);
  return bytes;
}
