import { Socket } from "node:net";
import OpenAI from "openai";
import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import { SpanStatusCode, type Attributes } from "@opentelemetry/api";
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace";
import { initTracing, llmSpan } from "@nightowl/sdk";

/**
 * What one LLM span costs the application, start to end, with ten messages of 1 KB each: by this SDK, by the bare
 * OpenTelemetry SDK with the same attributes written by hand, and by OpenInference's instrumentation of the openai
 * client (its client called with and without it, on an answer that is there at once; the difference counts).
 * The contestants take turns; the best round of each counts.
 */
const ROUNDS = 60;
const SPANS_PER_ROUND = 400;

const messages = Array.from({ length: 10 }, (_, index) => ({
  role: index === 0 ? ("system" as const) : index % 2 === 1 ? ("user" as const) : ("assistant" as const),
  content: `${index} ${"lorem ipsum dolor sit amet ".repeat(40)}`.slice(0, 1024),
}));
const request = { model: "gpt-4o-mini", messages, temperature: 0.2, max_tokens: 512 };
const completion = {
  id: "chatcmpl-1",
  object: "chat.completion" as const,
  created: 1,
  model: "gpt-4o-mini-2024-07-18",
  choices: [
    {
      index: 0,
      finish_reason: "stop" as const,
      logprobs: null,
      message: { role: "assistant" as const, content: "dolor sit ".repeat(100), refusal: null },
    },
  ],
  usage: { prompt_tokens: 2310, completion_tokens: 204, total_tokens: 2514 },
};

/** Takes spans and does nothing: the hot path is measured, not the sending. */
const nowhere: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
};
const bounds = { maxQueueSize: 1_000_000, maxExportBatchSize: 512, scheduledDelayMillis: 1000 };

let connections = 0;
const connect = Socket.prototype.connect;
Socket.prototype.connect = function counted(this: Socket, ...args: Parameters<typeof connect>) {
  connections++;
  return connect.apply(this, args);
} as typeof connect;

const bareProvider = new TracerProvider({
  spanProcessors: [new BatchSpanProcessor({ exporter: nowhere, ...bounds })],
});
const bareTracer = bareProvider.getTracer("bare");

function bareAttributes(): Attributes {
  const attributes: Attributes = {
    "openinference.span.kind": "LLM",
    "llm.model_name": request.model,
    "llm.invocation_parameters": JSON.stringify({ temperature: 0.2, max_tokens: 512 }),
    "input.value": messages.at(-1)!.content,
    "input.mime_type": "text/plain",
  };
  for (const [index, message] of messages.entries()) {
    attributes[`llm.input_messages.${index}.message.role`] = message.role;
    attributes[`llm.input_messages.${index}.message.content`] = message.content;
  }
  return attributes;
}

const OFF_QUEUE = { maxQueueSpans: 1_000_000, maxQueueBytes: Number.MAX_SAFE_INTEGER };
initTracing({ endpoint: false, exporters: [nowhere], ...OFF_QUEUE });

const answer = async (): Promise<Response> => Response.json(completion);
const plainClient = new OpenAI({ apiKey: "none", fetch: answer });
const instrumentation = new OpenAIInstrumentation({ tracerProvider: bareProvider });

const contestants: Record<string, () => Promise<unknown>> = {
  "bare OpenTelemetry SDK": () =>
    bareTracer.startActiveSpan("llm.chat", async (span) => {
      span.setAttributes(bareAttributes());
      const result = await Promise.resolve(completion);
      span.setAttributes({
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": result.choices[0]!.message.content,
        "output.value": result.choices[0]!.message.content,
        "llm.finish_reason": "stop",
        "llm.response.model_name": result.model,
        "llm.token_count.prompt": result.usage.prompt_tokens,
        "llm.token_count.completion": result.usage.completion_tokens,
        "llm.token_count.total": result.usage.total_tokens,
      });
      span.setStatus({ code: SpanStatusCode.OK });
      span.end();
      return result;
    }),
  "@nightowl/sdk llmSpan": () => llmSpan(request, () => Promise.resolve(completion)),
  "openai client, plain": () => plainClient.chat.completions.create(request),
};

async function measure(names: string[]): Promise<Record<string, number>> {
  const best: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      globalThis.gc?.();
      const run = contestants[name]!;
      const start = performance.now();
      for (let index = 0; index < SPANS_PER_ROUND; index++) await run();
      const microseconds = ((performance.now() - start) * 1000) / SPANS_PER_ROUND;
      best[name] = Math.min(best[name] ?? Infinity, microseconds);
    }
  }
  return best;
}

const best = await measure(Object.keys(contestants));
instrumentation.manuallyInstrument(OpenAI);
const instrumented = "openai client, with OpenInference's instrumentation";
contestants[instrumented] = contestants["openai client, plain"]!;
Object.assign(best, await measure([instrumented]));

console.log(`an LLM span of ten messages of 1 KB, best of ${ROUNDS} rounds of ${SPANS_PER_ROUND}`);
for (const [name, microseconds] of Object.entries(best)) {
  console.log(`${name.padEnd(52)} ${microseconds.toFixed(1).padStart(7)} µs`);
}
const bare = best["bare OpenTelemetry SDK"]!;
const ours = best["@nightowl/sdk llmSpan"]!;
const openInference = best[instrumented]! - best["openai client, plain"]!;
console.log(`the instrumentation alone: ${openInference.toFixed(1)} µs`);
console.log(
  `ratio to the bare SDK: ${(ours / bare).toFixed(2)}; to the instrumentation: ${(ours / openInference).toFixed(2)}`,
);
console.log(`connections opened meanwhile: ${connections}`);
