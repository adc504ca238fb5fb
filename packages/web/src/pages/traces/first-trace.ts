/** The exact lines that send a first trace to this server, by language. Tested by running them. */
export interface FirstTraceLines {
  id: "curl" | "python" | "node";
  label: string;
  /** What to run first, where something must be installed. */
  install?: string;
  code: string;
}

/**
 * `origin` is the server's (`http://127.0.0.1:6006`). A project other than `default` is named in the
 * `x-project-name` header. The trace that is sent is one model call with a question and an answer.
 */
export function firstTraceLines(origin: string, project: string): FirstTraceLines[] {
  const url = `${origin}/v1/traces`;
  const named = project !== "default";
  return [
    { id: "curl", label: "curl", code: curlLines(url, named ? project : undefined) },
    {
      id: "python",
      label: "Python",
      install: "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
      code: pythonLines(url, named ? project : undefined),
    },
    {
      id: "node",
      label: "Node",
      install:
        "npm install @opentelemetry/api@1.9.1 @opentelemetry/sdk-trace@2.12.1 @opentelemetry/exporter-trace-otlp-proto@0.223.1",
      code: nodeLines(url, named ? project : undefined),
    },
  ];
}

/** The line that fills the project `demo` on this server, run in the folder where Nightowl is. */
export function demoLine(origin: string): string {
  const isDefault = /^http:\/\/(127\.0\.0\.1|localhost):6006$/.test(origin);
  return `npx nightowl demo${isDefault ? "" : ` --url ${shellText(origin)}`}`;
}

const QUESTION = "What is the tallest owl?";
const ANSWER = "The great grey owl: 84 cm.";
const ATTRIBUTES: [string, string | number][] = [
  ["openinference.span.kind", "LLM"],
  ["llm.model_name", "gpt-4o-mini"],
  ["llm.input_messages.0.message.role", "user"],
  ["llm.input_messages.0.message.content", QUESTION],
  ["llm.output_messages.0.message.role", "assistant"],
  ["llm.output_messages.0.message.content", ANSWER],
  ["llm.token_count.prompt", 12],
  ["llm.token_count.completion", 14],
  ["input.value", QUESTION],
  ["output.value", ANSWER],
];

function curlLines(url: string, project: string | undefined): string {
  const attributes = ATTRIBUTES.map(
    ([key, value]) =>
      `      {"key": "${key}", "value": {"${typeof value === "number" ? "intValue" : "stringValue"}": ${JSON.stringify(value)}}}`,
  );
  return [
    "NOW=$(date +%s)",
    `curl ${shellText(url)} -H 'content-type: application/json' \\`,
    ...(project === undefined ? [] : [`  -H ${shellText(`x-project-name: ${project}`)} \\`]),
    "  -d @- <<EOF",
    '{"resourceSpans": [{',
    '  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "first-trace"}}]},',
    '  "scopeSpans": [{"spans": [{',
    '    "traceId": "$(od -An -N16 -tx1 /dev/urandom | tr -d \' \\n\')",',
    '    "spanId": "$(od -An -N8 -tx1 /dev/urandom | tr -d \' \\n\')",',
    '    "name": "first question", "kind": 3,',
    '    "startTimeUnixNano": "${NOW}000000000",',
    '    "endTimeUnixNano": "${NOW}840000000",',
    '    "attributes": [',
    attributes.join(",\n"),
    "    ]",
    "  }]}]",
    "}]}",
    "EOF",
  ].join("\n");
}

function pythonLines(url: string, project: string | undefined): string {
  const headers = project === undefined ? "" : `, headers={"x-project-name": ${JSON.stringify(project)}}`;
  return [
    "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
    "from opentelemetry.sdk.trace import TracerProvider",
    "from opentelemetry.sdk.trace.export import BatchSpanProcessor",
    "",
    "provider = TracerProvider()",
    `exporter = OTLPSpanExporter(endpoint=${JSON.stringify(url)}${headers})`,
    "provider.add_span_processor(BatchSpanProcessor(exporter))",
    "",
    'with provider.get_tracer("first").start_as_current_span("first question") as span:',
    "    span.set_attributes({",
    ...ATTRIBUTES.map(([key, value]) => `        "${key}": ${JSON.stringify(value)},`),
    "    })",
    "",
    "provider.shutdown()  # sends what is left",
  ].join("\n");
}

function nodeLines(url: string, project: string | undefined): string {
  const headers = project === undefined ? "" : `, headers: { "x-project-name": ${JSON.stringify(project)} }`;
  return [
    "// first-trace.mjs",
    'import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";',
    'import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";',
    "",
    `const exporter = new OTLPTraceExporter({ url: ${JSON.stringify(url)}${headers} });`,
    "const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });",
    "",
    'const span = provider.getTracer("first").startSpan("first question");',
    "span.setAttributes({",
    ...ATTRIBUTES.map(([key, value]) => `  "${key}": ${JSON.stringify(value)},`),
    "});",
    "span.end();",
    "",
    "await provider.shutdown(); // sends what is left",
  ].join("\n");
}

/** Any text as one word of a POSIX shell. */
function shellText(text: string): string {
  return /^[\w:/.@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
