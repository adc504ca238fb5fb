import type { Topic } from "./topic.ts";

/** Getting traces into Nightowl. */
export const SENDING: readonly Topic[] = [
  {
    id: "python",
    questions: [
      "How do I send traces from Python?",
      "What is the minimal Python code to get a span into Nightowl?",
      "I have a FastAPI app with OpenTelemetry already. Which exporter do I need for Nightowl?",
    ],
    query: "send traces from Python OpenTelemetry exporter",
    passages: ["readme#python", "readme#send-a-trace"],
    facts: [
      "Install `opentelemetry-sdk` and `opentelemetry-exporter-otlp-proto-http`, and give `OTLPSpanExporter` the endpoint `http://127.0.0.1:6006/v1/traces`.",
      "Add a `BatchSpanProcessor` with that exporter to your `TracerProvider`.",
      "Call `provider.shutdown()` at the end.",
    ],
    code: 'exporter = OTLPSpanExporter(endpoint="http://127.0.0.1:6006/v1/traces")\nprovider = TracerProvider()\nprovider.add_span_processor(BatchSpanProcessor(exporter))\ntrace.set_tracer_provider(provider)',
    wrong: [
      "Install the `nightowl-python` package and call `nightowl.init()`.",
      "The Python exporter finds Nightowl by itself, so no endpoint is needed.",
    ],
  },
  {
    id: "node",
    questions: [
      "How do I set up tracing in a Node service?",
      "Which npm packages do I need to send traces to Nightowl?",
      "Can you show me the TypeScript set-up for exporting spans?",
    ],
    after: { python: "And the same thing in Node?" },
    query: "Node OpenTelemetry set-up OTLPTraceExporter BatchSpanProcessor",
    passages: ["readme#node", "readme#send-a-trace"],
    facts: [
      "Install `@opentelemetry/api@1.9`, `@opentelemetry/sdk-trace@2` and `@opentelemetry/exporter-trace-otlp-proto`.",
      'Make an `OTLPTraceExporter` with `url: "http://127.0.0.1:6006/v1/traces"` and hand it to a `BatchSpanProcessor`.',
      "Before the process ends, `await provider.shutdown()`.",
    ],
    code: 'const exporter = new OTLPTraceExporter({ url: "http://127.0.0.1:6006/v1/traces" });\nconst provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });',
    wrong: [
      "Set `NIGHTOWL_TRACING=1` and every npm package is instrumented.",
      "The exporter batches for 30 seconds unless you set `flushEveryMs`.",
    ],
  },
  {
    id: "environment",
    questions: [
      "Can I point an SDK at Nightowl with environment variables only?",
      "Which OTEL_ variables do I have to set?",
    ],
    after: {
      python: "Can I do that with environment variables instead of code?",
      node: "Is there a way without touching the code, with env vars?",
    },
    query: "OTEL_EXPORTER_OTLP_ENDPOINT environment variables",
    passages: ["readme#send-a-trace", "configuration#ports"],
    facts: [
      "Most SDKs read where to send from the environment: set `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_EXPORTER_OTLP_PROTOCOL`.",
      "An exporter with no settings at all finds Nightowl on OpenTelemetry's standard ports 4318 and 4317.",
    ],
    code: "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:6006\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    wrong: ["You also need `OTEL_EXPORTER_OTLP_HEADERS` with an API key."],
  },
  {
    id: "grpc",
    questions: [
      "Does Nightowl accept OTLP over gRPC?",
      "Which port is for gRPC?",
      "Our collector only exports gRPC. Will that work?",
    ],
    after: {
      environment: "And if I want gRPC instead of HTTP?",
      node: "Does it have to be HTTP, or can I use the gRPC exporter?",
    },
    query: "OTLP gRPC port 4317",
    passages: ["readme#send-a-trace", "configuration#ports", "api#send-traces"],
    facts: [
      "Yes: OTLP over gRPC is on port 4317.",
      "It takes `gzip` and `deflate`.",
      "When 4317 is taken, often by a collector, the server says so and goes on without.",
    ],
    wrong: [
      "gRPC shares port 6006 with HTTP, so no other port has to be open.",
      "gRPC needs TLS, so pass `--tls-cert` and `--tls-key`.",
    ],
  },
  {
    id: "compression",
    questions: [
      "Which compression can I use for OTLP requests?",
      "Is zstd supported for the exporter?",
      "Our batches are large, can I gzip them?",
    ],
    after: {
      "too-large": "Would compressing the batches help?",
      grpc: "And which compression does it take?",
    },
    query: "content-encoding gzip deflate zstd OTLP",
    passages: ["api#send-traces", "configuration#limits"],
    facts: [
      "`content-encoding` may be none, `gzip`, `deflate` or `zstd`; over gRPC `gzip` or `deflate`.",
      "The limit before decompression is `--max-body-bytes`, 64MiB by default; after it `--max-decompressed-bytes`, 128MiB.",
    ],
    wrong: ["Brotli works as well, and is the fastest.", "zstd is only understood over gRPC."],
  },
  {
    id: "json",
    questions: [
      "Can I send OTLP as JSON or does it have to be protobuf?",
      "I want to post a span with curl. Which content type?",
    ],
    after: { partial: "What content type should I send?" },
    query: "OTLP JSON content-type application/json protobuf",
    passages: ["api#send-traces", "readme#send-a-trace"],
    facts: [
      "Both: `content-type` is `application/x-protobuf` or `application/json`, and the answer comes in the same.",
      "Post it to `/v1/traces`, on the main port or on 4318.",
      "It is answered when the spans are on disk.",
    ],
    code: "curl localhost:6006/v1/traces -H 'content-type: application/json' -d @request.json",
    wrong: ["JSON is limited to 1,000 spans a request.", "Post JSON to `/v1/traces/json`."],
  },
  {
    id: "projects",
    questions: [
      "How do I keep staging and production apart?",
      "How do I put traces into a project of their own?",
      "All my services end up in `default`. How do I split them?",
    ],
    query: "which project a span belongs to x-project-name",
    passages: ["configuration#project-of-a-span", "readme#projects", "api#send-traces"],
    facts: [
      "Send the header `x-project-name`, or set the resource attribute `openinference.project.name`; the header wins.",
      "Failing both, `--project-by-service` says it by `service.name`, else the project is `default`.",
      "Names are trimmed and cut at 200 characters.",
    ],
    code: "nightowl serve --project-by-service checkout=shop,search=shop",
    wrong: [
      "Create the project on the Settings page first, or its spans are dropped.",
      "Projects follow `deployment.environment`, so nothing has to be set.",
    ],
  },
  {
    id: "browser",
    questions: [
      "Can a web page send traces straight to Nightowl?",
      "I get a CORS error when the browser exports spans.",
    ],
    query: "browser CORS send traces cors-origins",
    passages: ["configuration#cors", "configuration#who-can-reach-it"],
    facts: [
      "Start the server with `--cors-origins` and the web origins whose pages may send traces, with commas between, or `*`.",
      "It lets those pages send traces, and never lets them read any.",
    ],
    code: "npm start -- --cors-origins https://app.example",
    wrong: ["CORS is open for localhost by default.", "Set `Access-Control-Allow-Origin` in the exporter."],
  },
  {
    id: "too-large",
    questions: [
      "The exporter gets 413. What does it mean?",
      "What is the largest request I may send?",
      "Spans with big prompts are refused as too large. Which setting is it?",
    ],
    query: "413 request too large max-body-bytes limit",
    passages: ["configuration#limits", "api#retry"],
    facts: [
      "413 says that the request is over `max-body-bytes` as sent, or over `max-decompressed-bytes` after decompression.",
      "They are 64MiB and 128MiB unless you set them; sizes are bytes or a number with a unit.",
      "A 413 is not to be retried.",
    ],
    code: "npm start -- --max-body-bytes 128MiB --max-decompressed-bytes 512MiB",
    wrong: ["The limit is 4 MB and cannot be changed.", "Retry a 413 after ten seconds, the queue was full."],
  },
  {
    id: "overload",
    questions: [
      "What happens when I send faster than Nightowl can write?",
      "My exporter logs 429 now and then. Am I losing spans?",
      "Which status codes should my exporter retry?",
    ],
    after: {
      "too-large": "And which of the errors should I retry?",
      crash: "What if the disk cannot keep up?",
    },
    query: "429 queue full retry-after back-pressure",
    passages: ["api#retry", "architecture#ingest"],
    facts: [
      "The queue is bounded; past it the answer is 429 or 503 with `Retry-After`.",
      "Retry those two after the time that it says; 400 and 413 are not to be retried.",
      "On gRPC they are RESOURCE_EXHAUSTED and UNAVAILABLE.",
    ],
    wrong: [
      "Spans past the queue are dropped in silence.",
      "Nightowl samples at 10 % by itself when it is overloaded.",
    ],
  },
  {
    id: "partial",
    questions: [
      "What is partialSuccess in the answer of /v1/traces?",
      "Does one bad span fail the whole batch?",
      "The response has rejectedSpans: 1. What happened to the others?",
    ],
    after: { overload: "And one bad span, does that fail its whole batch?" },
    query: "partialSuccess rejectedSpans bad span in batch",
    passages: ["api#partial-success", "architecture#decode"],
    facts: [
      "No: spans that cannot be read are counted and named with their reasons, and cost nobody else.",
      "`{}` is full success.",
      "`rejectedSpans` of 0 with a message is a warning: the span was kept, and something about it was odd.",
    ],
    wrong: ["The batch is rolled back, so send it again without the bad span."],
  },
  {
    id: "logs",
    questions: [
      "My SDK complains about 404 on /v1/logs.",
      "Does Nightowl take logs and metrics too?",
      "How do I stop the exporter from posting metrics?",
    ],
    after: { environment: "Now it logs a 404 for /v1/metrics. Why?" },
    query: "/v1/logs /v1/metrics 404",
    passages: ["api#logs-and-metrics"],
    facts: [
      "`/v1/logs` and `/v1/metrics` are answered 404: this version keeps traces only.",
      "Turn the exporters off with `OTEL_LOGS_EXPORTER=none` and `OTEL_METRICS_EXPORTER=none`.",
    ],
    code: "export OTEL_LOGS_EXPORTER=none\nexport OTEL_METRICS_EXPORTER=none",
    wrong: ["Logs are stored from the `pro` edition on."],
  },
  {
    id: "conventions",
    questions: [
      "Which semantic conventions does Nightowl understand?",
      "Do I have to use OpenInference, or are the OTel gen_ai attributes fine?",
      "What happens to spans that are not from an LLM?",
    ],
    query: "semantic conventions OpenInference GenAI attributes read",
    passages: ["readme#projects", "architecture#normalise", "decisions#derive-on-read"],
    facts: [
      "Instrumentations that write OpenInference or OpenTelemetry GenAI attributes are read in full: messages, tool calls, documents, tokens.",
      "Spans of any other kind are kept whole and shown with their attributes.",
      "When a dialect learns to read something, every trace that is stored already reads better.",
    ],
    wrong: [
      "Only OpenInference is read; GenAI spans are dropped.",
      "Convert your attributes with `nightowl convert` before you send them.",
    ],
  },
  {
    id: "twice",
    questions: [
      "Will a span that my exporter retries be counted twice?",
      "I replayed an export by accident. Are my token totals wrong now?",
    ],
    after: {
      overload: "If it retries, do I count the same span twice?",
      import: "What if I import a file twice?",
    },
    query: "same span sent twice duplicate counted once",
    passages: ["architecture#one-row", "architecture#totals"],
    facts: [
      "No: the same span sent again replaces itself, and nothing is ever counted twice.",
      "Project, hour of start, trace id and span id are the identity of a row.",
    ],
    wrong: ["Yes, run `nightowl dedupe` once a day.", "Duplicates are merged every night at 3:00."],
  },
];
