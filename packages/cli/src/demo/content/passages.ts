/** A passage of Nightowl's documentation, as the example service has cut it for its index. */
export interface Passage {
  /** File and part: `configuration#ports`. */
  id: string;
  /** Path in the repository. */
  source: string;
  heading: string;
  text: string;
}

/** The documentation as it was when the index was made; what is in `docs/` now may say it otherwise. */
export const PASSAGES: readonly Passage[] = [
  {
    id: "readme#start",
    source: "README.md",
    heading: "Start",
    text: "On a machine that has Node 20.19 or newer and npm (Linux or macOS, x64 or arm64): `npm ci && npm start`. This builds what changed, starts the server, and prints its address (http://127.0.0.1:6006), its data folder (`./.nightowl`) and lines that send a first trace. Flags go after two dashes: `npm start -- --port 7000`. Ctrl-C stops it with everything on disk.",
  },
  {
    id: "readme#send-a-trace",
    source: "README.md",
    heading: "Send a trace",
    text: "Any OpenTelemetry SDK or collector will do: OTLP over HTTP (protobuf or JSON; gzip, deflate or zstd) on port 6006 and on the standard port 4318, OTLP over gRPC on 4317. Most SDKs read where to send from the environment: `export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:6006` and `export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`.",
  },
  {
    id: "readme#node",
    source: "README.md",
    heading: "Send a trace: Node",
    text: 'With Node (`npm install @opentelemetry/api@1.9 @opentelemetry/sdk-trace@2 @opentelemetry/exporter-trace-otlp-proto`): `const exporter = new OTLPTraceExporter({ url: "http://127.0.0.1:6006/v1/traces" }); const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });` and, before the process ends, `await provider.shutdown();`',
  },
  {
    id: "readme#python",
    source: "README.md",
    heading: "Send a trace: Python",
    text: 'With Python (`pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http`): `exporter = OTLPSpanExporter(endpoint="http://127.0.0.1:6006/v1/traces")`, `provider = TracerProvider()`, `provider.add_span_processor(BatchSpanProcessor(exporter))`, `trace.set_tracer_provider(provider)` and at the end `provider.shutdown()`.',
  },
  {
    id: "readme#projects",
    source: "README.md",
    heading: "Send a trace: projects",
    text: "Instrumentations that write OpenInference or OpenTelemetry GenAI attributes are read in full: messages, tool calls, documents, tokens. Spans of any other kind are kept whole and shown with their attributes. The header `x-project-name` or the resource attribute `openinference.project.name` puts traces into a project; without either they are in `default`.",
  },
  {
    id: "readme#what-you-see",
    source: "README.md",
    heading: "What you see",
    text: "Traces: a histogram over a list with names, previews of input and output, latency, tokens and status; filters (`status:error latency:>2s model:gpt-4o`); new traces as they come. A trace: the waterfall of its spans, and of the selected span the conversation as a transcript, input and output, documents, tools, attributes, events with stack traces, and all of it raw. `Ctrl K` (`⌘ K`) and a trace id open that trace. Every view has an address that can be sent to somebody.",
  },
  {
    id: "readme#command-line",
    source: "README.md",
    heading: "On the command line",
    text: "`npx nightowl` in this folder, against the running server (`--url` or `NIGHTOWL_URL` for another): `npx nightowl traces --since 2h --filter 'status:error'` prints a table, `npx nightowl trace TRACE_ID` a tree, `npx nightowl trace TRACE_ID --span SPAN_ID` one span's transcript, and `npx nightowl import traces.ndjson.gz` sends OTLP JSON, NDJSON or protobuf files. Each takes `--json` and `--help`.",
  },
  {
    id: "readme#no-login",
    source: "README.md",
    heading: "More",
    text: "There is no login: the server listens on 127.0.0.1 unless told otherwise, and whoever reaches its port reads everything.",
  },
  {
    id: "configuration#order",
    source: "docs/configuration.md",
    heading: "Configuration",
    text: "Nightowl needs none. Every setting below can be given as a flag of `nightowl serve` (and of `npm start --`), as an environment variable, or in a JSON file. A flag wins over a variable, a variable over the file, the file over the default.",
  },
  {
    id: "configuration#addresses",
    source: "docs/configuration.md",
    heading: "Settings: addresses",
    text: "`--host` (`NIGHTOWL_HOST`, default `127.0.0.1`): address to listen on. `0.0.0.0` opens every port below to the network; there is no login. `--port` (`NIGHTOWL_PORT`, default `6006`): the page, the API and OTLP/HTTP. 0 takes any free port. `--otlp-http-port` (default `4318`) and `--grpc-port` (default `4317`): `off` to leave it closed. A taken port is a warning.",
  },
  {
    id: "configuration#storage",
    source: "docs/configuration.md",
    heading: "Settings: storage",
    text: "`--data-dir` (`NIGHTOWL_DATA_DIR`, default `./.nightowl`): folder of the database. Made when missing; one server at a time may use it. `--retention-days` (`NIGHTOWL_RETENTION_DAYS`, default `0`): days after which spans are deleted; 0 keeps them for ever.",
  },
  {
    id: "configuration#limits",
    source: "docs/configuration.md",
    heading: "Settings: limits",
    text: "`--max-body-bytes` (`NIGHTOWL_MAX_BODY_BYTES`, default `64MiB`): largest request as sent, before decompression (on gRPC also after it). `--max-decompressed-bytes` (default `128MiB`): largest request after decompression. Sizes are bytes, or a number with a unit: `512KiB`, `64MiB`, `1GiB`.",
  },
  {
    id: "configuration#logging",
    source: "docs/configuration.md",
    heading: "Settings: logging",
    text: "`--log-level` (`NIGHTOWL_LOG_LEVEL`, default `info`): `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. Logs are JSON lines on stderr. A flag that does not exist, and a value that cannot be used, stop the server with a message that names it. A variable that begins with `NIGHTOWL_` and is no setting is a warning in the log.",
  },
  {
    id: "configuration#file",
    source: "docs/configuration.md",
    heading: "The file",
    text: '`--config nightowl.json`, or `NIGHTOWL_CONFIG=nightowl.json`. Its keys are the flags without their dashes; lists and mappings may be written as JSON: `{ "port": 6006, "grpc-port": "off", "data-dir": "/var/lib/nightowl", "cors-origins": ["https://app.example"] }`.',
  },
  {
    id: "configuration#ports",
    source: "docs/configuration.md",
    heading: "Ports",
    text: "Nightowl listens on three ports: its own (6006), which has the page, the API and OTLP/HTTP, and OpenTelemetry's two standard ones, 4318 for OTLP/HTTP and 4317 for OTLP/gRPC, so that an exporter with no settings at all finds it. When 4317 or 4318 is taken, often by a collector, the server says so and goes on without; when its own port is taken it stops and says how to choose another.",
  },
  {
    id: "configuration#who-can-reach-it",
    source: "docs/configuration.md",
    heading: "Who can reach it",
    text: "Only this machine, unless `--host` says otherwise: there is no login yet, so whoever reaches the port reads every trace. While the server listens on loopback, it answers readers only under a loopback name (`localhost`, `127.0.0.1`, `[::1]`), so that no web page can read traces by giving its own name the address 127.0.0.1.",
  },
  {
    id: "configuration#cors",
    source: "docs/configuration.md",
    heading: "Web pages that send traces",
    text: "`--cors-origins` (`NIGHTOWL_CORS_ORIGINS`): web origins, with commas between, whose pages may send traces (`https://app.example`), or `*`. It lets pages of other origins send traces, which is what OpenTelemetry in a browser needs. It never lets them read any.",
  },
  {
    id: "configuration#project-of-a-span",
    source: "docs/configuration.md",
    heading: "Which project a span belongs to",
    text: "The first of these that is there: the request's header (gRPC: metadata) `x-project-name`, the resource attribute `openinference.project.name`, what `--project-by-service` says of the resource's `service.name` (`checkout=shop,search=shop`), else `default`. Names are trimmed and cut at 200 characters.",
  },
  {
    id: "configuration#data-folder",
    source: "docs/configuration.md",
    heading: "The data folder",
    text: "`<data-dir>/store` is the database's; `<data-dir>/lock` says which process has it open. A second server on the same folder stops with a message that names both. To make a copy, stop the server and copy the folder.",
  },
  {
    id: "api#how-answers-look",
    source: "docs/api.md",
    heading: "How answers look",
    text: 'JSON in UTF-8, compressed with gzip when it is large and the client takes gzip. Times are Unix nanoseconds as decimal strings (`"1763690000123456789"`), for they do not fit a JSON number. Parameters take ISO 8601 with a zone (`2026-11-21T02:00:00Z`). Lists come in pages: pass `nextCursor` back as `cursor` until it is `null`.',
  },
  {
    id: "api#errors",
    source: "docs/api.md",
    heading: "Errors",
    text: 'An error has one shape everywhere but under `/v1/traces`, where OTLP has its own: `{ "error": { "code": "not_found", "message": "There is no trace …", "hint": "What to do about it" } }`. 400 `bad_request`: a parameter is missing or cannot be read. 403 `forbidden`: the server listens on loopback and was asked under another host name. 404 `not_found`: no such project, trace, span or route.',
  },
  {
    id: "api#send-traces",
    source: "docs/api.md",
    heading: "POST /v1/traces",
    text: "OTLP over HTTP, on the main port and on 4318. The same over gRPC on 4317. Answered when the spans are on disk. `content-type` is `application/x-protobuf` or `application/json`; the answer comes in the same. `content-encoding` is none, `gzip`, `deflate` or `zstd` (gRPC: `gzip`, `deflate`). `x-project-name` is the project of all spans of the request.",
  },
  {
    id: "api#partial-success",
    source: "docs/api.md",
    heading: "POST /v1/traces: partial success",
    text: '`{}` is full success. Spans that cannot be read are counted, named with their reasons, and cost nobody else: `{ "partialSuccess": { "rejectedSpans": "1", "errorMessage": "1 span was rejected: span 0 \\"hello\\": …" } }`. `rejectedSpans` of 0 with a message is a warning: the span was kept, and something about it was odd.',
  },
  {
    id: "api#retry",
    source: "docs/api.md",
    heading: "POST /v1/traces: what to retry",
    text: "400: not protobuf, not JSON, not an export request, broken compression; do not retry. 413: over `max-body-bytes` as sent, or over `max-decompressed-bytes` after decompression; do not retry. 429: the queue is full; retry after `retry-after`; on gRPC RESOURCE_EXHAUSTED with RetryInfo. 503: the store cannot write; retry after `retry-after`; on gRPC UNAVAILABLE.",
  },
  {
    id: "api#logs-and-metrics",
    source: "docs/api.md",
    heading: "POST /v1/logs, POST /v1/metrics",
    text: "Answered 404: this version keeps traces only. Exporters of logs say so once in their own log; turn them off with `OTEL_LOGS_EXPORTER=none`. `OTEL_METRICS_EXPORTER=none` turns the metrics exporter off.",
  },
  {
    id: "api#filter",
    source: "docs/api.md",
    heading: "Traces: range and filter",
    text: '`from` and `to` bound the start of a trace (`from` ≤ start < `to`); `filter` is a filter expression, as the page\'s filter bar has it: `status:error latency:>2s -user:loadtest model:gpt-4o,gpt-4o-mini "exact words" @http.route:/ask`.',
  },
  {
    id: "api#list-traces",
    source: "docs/api.md",
    heading: "GET /api/projects/:project/traces",
    text: "Traces of a project, newest first unless `sort` says otherwise. `sort` is `start`, `duration`, `tokens`, `cost` or `spans`; `order` is `asc` or `desc`; `limit` is 1–1000, 100 by default. `curl 'localhost:6006/api/projects/default/traces?limit=1&filter=status:error'`. Errors: 404 when the project has never had a trace.",
  },
  {
    id: "api#stats",
    source: "docs/api.md",
    heading: "GET /api/projects/:project/traces/stats",
    text: "Totals and a histogram over the traces that the list would show: `from`, `to`, `filter` as above, `buckets` (1–500, default 120). It answers `traceCount`, `errorCount`, `inputTokens`, `outputTokens`, `costUsd`, `unpricedCount`, `durationP50Ms`, `durationP95Ms` and the buckets.",
  },
  {
    id: "api#span",
    source: "docs/api.md",
    heading: "GET /api/projects/:project/traces/:traceId/spans/:spanId",
    text: "A whole span: everything that was sent (`attributes`, `events`, `links`, `resource`, `scope`), and what was read out of it (`kind`, `inputMessages`, `outputMessages`, `tools`, `usage`, `documents`, `promptTemplate`, …). Texts of more than 65,536 characters are cut to that, and `truncated` names the attribute or the field; with `full` set to `true` nothing is cut.",
  },
  {
    id: "api#locate",
    source: "docs/api.md",
    heading: "GET /api/traces/:traceId",
    text: "The projects that hold spans of a trace, for addresses that name no project. Errors: 404 when none does.",
  },
  {
    id: "api#public-routes",
    source: "docs/api.md",
    heading: "Public routes",
    text: "These two have the shapes of Phoenix, so that its published clients (`arize-phoenix-client`, `@arizeai/phoenix-client`) read our traces: give them `http://localhost:6006` as the endpoint. A project's id may stand wherever its name may. Calls that need other routes, such as `get_spans_dataframe`, `projects.get` and `traces.get_traces`, are answered with 404.",
  },
  {
    id: "architecture#overview",
    source: "ARCHITECTURE.md",
    heading: "Architecture",
    text: "One Node process receives OpenTelemetry traces, keeps them in an embedded ClickHouse (chDB), answers questions about them over HTTP, and serves a page.",
  },
  {
    id: "architecture#decode",
    source: "ARCHITECTURE.md",
    heading: "Decode",
    text: "Bytes become `WireSpan`s with nothing lost. Times are nanoseconds as decimal strings, never floats. What is odd but usable earns a note on the span; what cannot be read is rejected alone, with its reason.",
  },
  {
    id: "architecture#normalise",
    source: "ARCHITECTURE.md",
    heading: "Normalise",
    text: "A dialect is one semantic convention: it says whether it knows a span and which fields it reads. One merge takes, per field, the first answer. No dialect imports another. The result is the canonical `Span`: the wire span and the reading of it.",
  },
  {
    id: "architecture#ingest",
    source: "ARCHITECTURE.md",
    heading: "Ingest",
    text: "Requests that arrive together are written together. A request is answered when its spans are on disk. The queue is bounded; past it the answer is 429 or 503 with `Retry-After`.",
  },
  {
    id: "architecture#store",
    source: "ARCHITECTURE.md",
    heading: "Store",
    text: "Two tables. `spans` has one row per span: narrow columns for lists and filters, and the wire span itself as JSON text. `traces` has one row per trace: its summary, computed from its spans shortly after they were written, and before any list that is asked for.",
  },
  {
    id: "architecture#acknowledged",
    source: "ARCHITECTURE.md",
    heading: "Acknowledged is on disk",
    text: "A success is answered after an fsync; `kill -9` loses nothing that was acknowledged.",
  },
  {
    id: "architecture#one-row",
    source: "ARCHITECTURE.md",
    heading: "One row per span",
    text: "Project, hour of start, trace id and span id are the identity of a row. The same span sent again replaces itself, an ended span replaces the unfinished one, and nothing is ever counted twice.",
  },
  {
    id: "architecture#totals",
    source: "ARCHITECTURE.md",
    heading: "Totals come from one place",
    text: "`count-usage.ts` decides which spans' tokens and costs count, so that a wrapper and the call in it, or two instrumentations of one call, count once. The summary in the list and the trace page use the same function.",
  },
  {
    id: "architecture#text-is-data",
    source: "ARCHITECTURE.md",
    heading: "Text from traces is data",
    text: "It is escaped, sanitised, and fenced by a content security policy; the page loads no image from elsewhere, and the command line shows control characters as pictures.",
  },
  {
    id: "decisions#derive-on-read",
    source: "docs/decisions/0001-derive-on-read.md",
    heading: "Derive on read",
    text: "The store keeps the span as it was sent, whole. At ingest, only narrow columns are computed from it: kind, model, tokens, previews of 200 characters. The conversation, the documents and the tools of a span are read from its attributes each time somebody opens it. When a dialect learns to read something, every trace that is stored already reads better.",
  },
  {
    id: "decisions#trace-summaries",
    source: "docs/decisions/0002-trace-summaries.md",
    heading: "A table of trace summaries",
    text: "`traces` holds one row per project and trace. After a write, the traces that it touched are marked. Shortly after, and before any list that is asked for, on flush and on stop, `summariseTrace` computes the row from the narrow columns of all spans of the trace, and it replaces the one before.",
  },
  {
    id: "decisions#attribute-form",
    source: "docs/decisions/0003-attribute-json-form.md",
    heading: "Attributes in one JSON form",
    text: 'Attribute values are plain JSON where JSON can say it. What it cannot say is an object with one key that starts with `@`: `{"@int": "9007199254740993"}`, `{"@double": "NaN"}`, `{"@bytes": "…"}`, `{"@kvlist": [["key", value], …]}`.',
  },
  {
    id: "decisions#no-remote-images",
    source: "docs/decisions/0004-no-remote-images.md",
    heading: "The page loads no remote images",
    text: "Images that are inline (`data:` URIs of raster formats) are shown. An image with an address elsewhere is shown as a link that says where it leads, in transcripts and in markdown alike. Looking at a trace makes no request to anybody but Nightowl.",
  },
  {
    id: "contributing#set-up",
    source: "CONTRIBUTING.md",
    heading: "Set-up",
    text: "Node 20.19 or newer and npm. `npm ci` installs everything; nothing is compiled. `npm run dev` runs the server from source, restarted on change, and the page with hot reload. `npm test` runs the checks, the build, and the tests in real processes and a browser.",
  },
  {
    id: "contributing#new-convention",
    source: "ARCHITECTURE.md",
    heading: "Where a change goes",
    text: "A new convention: a dialect in `otlp/src/dialects`, captures in `otlp/fixtures`. A new column: `model/src/span`, a migration in `server/src/store/schema`, `store/rows.ts`. A new setting: `server/src/config.ts`, `docs/configuration.md`. A new command: `cli/src/commands`, its output in `cli/src/format`.",
  },
  {
    id: "changelog#unreleased",
    source: "CHANGELOG.md",
    heading: "Unreleased",
    text: "The first slice: a trace comes in, is kept, and is shown. OTLP/HTTP on 6006 and 4318, OTLP/gRPC on 4317, acknowledged when on disk. The Traces page with histogram, filters and live tail; the Trace page with waterfall and transcript. `nightowl serve`, `import`, `traces`, `trace`.",
  },
  {
    id: "readme#nightowl",
    source: "README.md",
    heading: "Nightowl",
    text: "Nightowl shows what an AI service does: every model call, retrieval and tool of a request, as a waterfall, with what the model was shown and what it returned. It is one Node process. It receives OpenTelemetry traces, keeps them in an embedded ClickHouse, and serves the page that shows them. Nothing leaves the machine.",
  },
];

/** Parts that were indexed a second time from another file with the same words, as happens to real indexes. */
export const COPIES: readonly Passage[] = [
  ["readme#send-a-trace", "site#quickstart", "site/quickstart.md"],
  ["configuration#ports", "site#ports", "site/ports.md"],
  ["readme#nightowl", "site#home", "site/home.md"],
  ["readme#command-line", "site#cli", "site/cli.md"],
].map(([original, id = "", source = ""]) => ({ ...findPassage(original ?? ""), id, source }));

/** The passage with this id. Throws for an id that there is not. */
export function findPassage(id: string): Passage {
  const passage = PASSAGES.find((each) => each.id === id);
  if (!passage) throw new Error(`there is no passage ${id}`);
  return passage;
}
