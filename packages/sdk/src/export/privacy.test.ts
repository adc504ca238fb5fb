import { ROOT_CONTEXT, SpanStatusCode, type Attributes } from "@opentelemetry/api";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { SpanPipeline } from "../span-pipeline.ts";
import { InMemoryExporter, type TestSpan } from "../testing/testing.ts";
import type { TracingOptions } from "../tracing-options.ts";

const REDACTED = "__REDACTED__";

/** One of everything that may be hidden; each value names its key, so that a leak is seen. */
const EVERYTHING: Attributes = Object.fromEntries(
  [
    "input.value",
    "input.mime_type",
    "output.value",
    "output.mime_type",
    "llm.input_messages.0.message.role",
    "llm.input_messages.0.message.content",
    "llm.input_messages.1.message.contents.0.message_content.text",
    "llm.input_messages.1.message.contents.1.message_content.image.image.url",
    "llm.output_messages.0.message.content",
    "llm.output_messages.0.message.contents.0.message_content.text",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
    "llm.prompts.0.prompt.text",
    "llm.choices.0.completion.text",
    "llm.tools.0.tool.json_schema",
    "llm.invocation_parameters",
    "llm.prompt_template.variables",
    "llm.model_name",
    "embedding.embeddings.0.embedding.text",
    "embedding.embeddings.0.embedding.vector",
    "retrieval.documents.0.document.content",
    "retrieval.documents.0.document.id",
    "reranker.query",
    "reranker.input_documents.0.document.content",
    "reranker.output_documents.0.document.metadata",
    "tool.parameters",
    "tool.name",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.tool.call.arguments",
    "ai.prompt.messages",
    "ai.response.text",
    "traceloop.entity.input",
    "traceloop.entity.output",
    "user.id",
  ].map((key) => [key, `value of ${key}`]),
);

interface Sent {
  sent: TestSpan;
  /** What an exporter of the application, on the same provider, saw. */
  seen: TestSpan;
  /** Keys whose values are not as they were. */
  changed: string[];
}

async function send(
  options: TracingOptions,
  env: Record<string, string> = {},
  attributes: Attributes = EVERYTHING,
): Promise<Sent> {
  const [ours, theirs] = [new InMemoryExporter(), new InMemoryExporter()];
  const pipeline = new SpanPipeline({ endpoint: false, ...options, exporters: [ours] }, env);
  const spanProcessors = [pipeline, new SimpleSpanProcessor({ exporter: theirs })];
  const span = new TracerProvider({ spanProcessors }).getTracer("test").startSpan(
    "s",
    {
      attributes,
      links: [
        {
          context: { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 },
          attributes: { card: "4111" },
        },
      ],
    },
    ROOT_CONTEXT,
  );
  span.addEvent("exception", { "exception.message": "asked: who?" });
  span.addEvent("bare");
  span.setStatus({ code: SpanStatusCode.ERROR, message: "asked: who?" });
  span.end();
  await pipeline.shutdown();
  const sent = ours.span("s");
  const changed = Object.keys(attributes).filter((key) => sent.attributes[key] !== attributes[key]);
  return { sent, seen: theirs.span("s"), changed };
}

const INPUTS = [
  "input.value",
  "input.mime_type",
  "llm.input_messages.0.message.role",
  "llm.input_messages.0.message.content",
  "llm.input_messages.1.message.contents.0.message_content.text",
  "llm.input_messages.1.message.contents.1.message_content.image.image.url",
  "llm.prompts.0.prompt.text",
  "llm.tools.0.tool.json_schema",
  "llm.prompt_template.variables",
  "embedding.embeddings.0.embedding.text",
  "reranker.query",
  "reranker.input_documents.0.document.content",
  "tool.parameters",
  "gen_ai.input.messages",
  "gen_ai.tool.call.arguments",
  "ai.prompt.messages",
  "traceloop.entity.input",
];
const OUTPUTS = [
  "output.value",
  "output.mime_type",
  "llm.output_messages.0.message.content",
  "llm.output_messages.0.message.contents.0.message_content.text",
  "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
  "llm.choices.0.completion.text",
  "retrieval.documents.0.document.content",
  "reranker.output_documents.0.document.metadata",
  "gen_ai.output.messages",
  "ai.response.text",
  "traceloop.entity.output",
];

describe("every switch hides what it names, and nothing else", () => {
  it.each<[string, string[]]>([
    ["OPENINFERENCE_HIDE_INPUTS", INPUTS],
    ["OPENINFERENCE_HIDE_OUTPUTS", OUTPUTS],
    ["OPENINFERENCE_HIDE_INPUT_MESSAGES", INPUTS.filter((key) => key.startsWith("llm.input_messages"))],
    ["OPENINFERENCE_HIDE_OUTPUT_MESSAGES", OUTPUTS.filter((key) => key.startsWith("llm.output_messages"))],
    ["OPENINFERENCE_HIDE_INPUT_IMAGES", INPUTS.filter((key) => key.endsWith("image.url"))],
    [
      "OPENINFERENCE_HIDE_INPUT_TEXT",
      [
        "llm.input_messages.0.message.content",
        "llm.input_messages.1.message.contents.0.message_content.text",
      ],
    ],
    [
      "OPENINFERENCE_HIDE_OUTPUT_TEXT",
      [
        "llm.output_messages.0.message.content",
        "llm.output_messages.0.message.contents.0.message_content.text",
      ],
    ],
    ["OPENINFERENCE_HIDE_EMBEDDING_VECTORS", ["embedding.embeddings.0.embedding.vector"]],
    ["OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS", ["embedding.embeddings.0.embedding.vector"]],
    ["OPENINFERENCE_HIDE_EMBEDDINGS_TEXT", ["embedding.embeddings.0.embedding.text"]],
    ["OPENINFERENCE_HIDE_PROMPTS", ["llm.prompts.0.prompt.text"]],
    ["OPENINFERENCE_HIDE_CHOICES", ["llm.choices.0.completion.text"]],
    ["OPENINFERENCE_HIDE_LLM_TOOLS", ["llm.tools.0.tool.json_schema"]],
    ["OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS", ["llm.invocation_parameters"]],
  ])("%s", async (variable, keys) => {
    expect((await send({}, { [variable]: "true" })).changed).toEqual(keys);
    expect((await send({}, { [variable]: "TRUE" })).changed).toEqual(keys);
    expect((await send({}, { [variable]: "false" })).changed).toEqual([]);
    expect((await send({}, { [variable]: "" })).changed).toEqual([]);
  });

  it("is an option too, which is above the variable", async () => {
    expect((await send({ maskInputs: true })).changed).toEqual(INPUTS);
    expect((await send({ maskOutputs: true })).changed).toEqual(OUTPUTS);
    expect((await send({ maskInputs: false }, { OPENINFERENCE_HIDE_INPUTS: "true" })).changed).toEqual([]);
    expect((await send({ traceConfig: { hideInputs: true } })).changed).toEqual(INPUTS);
    expect((await send({ traceConfig: { hidePrompts: true } })).changed).toEqual([
      "llm.prompts.0.prompt.text",
    ]);
    const both = { maskInputs: true, maskOutputs: true };
    expect((await send(both)).changed.toSorted()).toEqual([...INPUTS, ...OUTPUTS].toSorted());
  });

  it("cuts inline images only when a length is asked for", async () => {
    const key = "llm.input_messages.0.message.contents.0.message_content.image.image.url";
    const attributes = { [key]: `data:image/png;base64,${"A".repeat(50_000)}` };
    expect((await send({}, {}, attributes)).changed).toEqual([]);
    const env = { OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH: "1000" };
    expect((await send({}, env, attributes)).sent.attributes[key]).toBe(REDACTED);
    const traceConfig = { base64ImageMaxLength: 100_000 };
    expect((await send({ traceConfig }, env, attributes)).changed).toEqual([]);
  });
});

describe("maskAttributes", () => {
  it("hides by name and by pattern, one with the flag g too", async () => {
    const { sent, changed } = await send({
      maskAttributes: ["user.id", /^tool\./g, "exception.message", "status.message", "card"],
    });
    expect(changed).toEqual(["tool.parameters", "tool.name", "user.id"]);
    expect(sent.attributes["user.id"]).toBe(REDACTED);
    expect(sent.events[0]?.attributes["exception.message"]).toBe(REDACTED);
    expect(sent.statusMessage).toBe(REDACTED);
  });
});

describe("mask", () => {
  it("sees every attribute of spans, events and links, and the status, and changes or removes it", async () => {
    const asked: string[] = [];
    const { sent, seen } = await send({
      mask: (value, { key, event, span }) => {
        asked.push(event === undefined ? key : `${event}/${key}`);
        expect(span.name).toBe("s");
        if (key === "user.id") return undefined;
        return typeof value === "string" ? value.replaceAll(/who|4111/g, "…") : value;
      },
    });
    expect(asked).toEqual(
      expect.arrayContaining([
        ...Object.keys(EVERYTHING),
        "exception/exception.message",
        "card",
        "status.message",
      ]),
    );
    expect(sent.attributes).not.toHaveProperty("user.id");
    expect(sent.events[0]?.attributes["exception.message"]).toBe("asked: …?");
    expect(sent.statusMessage).toBe("asked: …?");
    expect(seen.attributes["user.id"]).toBe("value of user.id");
  });

  it("hides the value when it throws", async () => {
    const { sent, changed } = await send({
      mask: (value, { key }) => {
        if (key === "user.id") throw new Error("bug");
        return value;
      },
    });
    expect(changed).toEqual(["user.id"]);
    expect(sent.attributes["user.id"]).toBe(REDACTED);
  });

  it("comes after the rules: it is not shown what they hide", async () => {
    const values: unknown[] = [];
    await send({
      maskAttributes: ["user.id"],
      mask: (value, { key }) => {
        if (key === "user.id") values.push(value);
        return value;
      },
    });
    expect(values).toEqual([REDACTED]);
  });

  it("is asked once for a span, however many destinations there are", async () => {
    let count = 0;
    const exporters = [new InMemoryExporter(), new InMemoryExporter()];
    const mask: TracingOptions["mask"] = (value) => {
      count++;
      return value;
    };
    const pipeline = new SpanPipeline({ endpoint: false, exporters, mask }, {});
    const tracer = new TracerProvider({ spanProcessors: [pipeline] }).getTracer("test");
    tracer.startSpan("s", { attributes: { a: 1 } }, ROOT_CONTEXT).end();
    await pipeline.shutdown();
    expect(exporters.map((exporter) => exporter.spans().length)).toEqual([1, 1]);
    expect(count).toBe(1);
  });
});

describe("the application", () => {
  it("sees its own spans as they are", async () => {
    const { sent, seen } = await send({ maskInputs: true, maskOutputs: true, mask: () => undefined });
    expect(seen.attributes).toEqual(EVERYTHING);
    expect(seen.statusMessage).toBe("asked: who?");
    expect(seen.events[0]?.attributes["exception.message"]).toBe("asked: who?");
    expect(sent.attributes).toEqual({});
    expect(sent).toMatchObject({
      name: "s",
      traceId: seen.traceId,
      spanId: seen.spanId,
      durationMs: seen.durationMs,
    });
  });
});
