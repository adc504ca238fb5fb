import type { Topic } from "./topic.ts";

/** Finding and reading traces: the page, the command line, the API. */
export const READING: readonly Topic[] = [
  {
    id: "filter",
    questions: [
      "How do I find failed traces that took longer than two seconds?",
      "What can I write into the filter bar?",
      "How do I exclude one user from the list?",
    ],
    query: "filter expression status latency model user",
    passages: ["api#filter", "readme#what-you-see"],
    facts: [
      "A filter is an expression such as `status:error latency:>2s -user:loadtest`, the same in the page's filter bar and in the API.",
      "It takes a list of models (`model:gpt-4o,gpt-4o-mini`), exact words in quotes, and an attribute such as `@http.route:/ask`.",
    ],
    code: 'status:error latency:>2s -user:loadtest model:gpt-4o,gpt-4o-mini "exact words"',
    wrong: [
      "Filters are SQL: write `WHERE status = 'error'`.",
      "Only whole words in upper case are operators, such as `AND` and `NOT`.",
    ],
  },
  {
    id: "cli-traces",
    questions: [
      "Can I list traces in the terminal?",
      "How do I get the failed traces of the last two hours on the command line?",
    ],
    after: { filter: "Can I use the same filter on the command line?" },
    query: "nightowl traces command line filter since",
    passages: ["readme#command-line"],
    facts: [
      "`npx nightowl traces --since 2h --filter 'status:error'` prints a table.",
      "`npx nightowl trace TRACE_ID` draws one as a tree, and `--span SPAN_ID` prints a span's transcript.",
      "Each takes `--json` and `--help`; `--url` or `NIGHTOWL_URL` names another server.",
    ],
    code: "npx nightowl traces --since 2h --filter 'status:error'",
    wrong: ["Use `nightowl query --last 2h --errors`.", "The command line reads the data folder directly."],
  },
  {
    id: "import",
    questions: [
      "How do I load traces that I exported to a file?",
      "Can I import an NDJSON dump from our collector?",
    ],
    after: {
      "cli-traces": "And can it load traces from a file?",
      backup: "Can I move single traces with a file?",
    },
    query: "import OTLP JSON NDJSON protobuf file",
    passages: ["readme#command-line", "architecture#one-row"],
    facts: [
      "`npx nightowl import traces.ndjson.gz` sends OTLP JSON, NDJSON or protobuf files to the running server.",
      "The same span sent again replaces itself, so a file that is imported twice does no harm.",
    ],
    code: "npx nightowl import traces.ndjson.gz",
    wrong: ["Drop the file into `<data-dir>/import` and restart.", "CSV files with a header line work too."],
  },
  {
    id: "api-list",
    questions: [
      "Is there an API to list the slowest traces?",
      "How do I page through all traces with the API?",
      "How do I fetch the most expensive traces as JSON?",
    ],
    after: { filter: "How do I get that list as JSON?", "cli-traces": "Is there an HTTP API behind that?" },
    query: "API list traces sort limit cursor",
    passages: ["api#list-traces", "api#how-answers-look"],
    facts: [
      "`GET /api/projects/:project/traces` lists them; `sort` is `start`, `duration`, `tokens`, `cost` or `spans`, and `order` is `asc` or `desc`.",
      "`limit` is 1–1000, 100 by default.",
      "Pass `nextCursor` back as `cursor` until it is `null`.",
    ],
    code: "curl 'localhost:6006/api/projects/default/traces?sort=duration&limit=20'",
    wrong: ["Use `offset` and `page` to go on.", "The API needs the header `Authorization: Bearer …`."],
  },
  {
    id: "api-yesterday",
    questions: [
      "What do I pass as from and to to see yesterday's traces in the API?",
      "How do I ask the API for yesterday only?",
    ],
    after: { "api-list": "And only yesterday's?", "api-stats": "How do I limit that to yesterday?" },
    query: "from to time range ISO 8601 API",
    passages: ["api#filter", "api#how-answers-look"],
    facts: [
      "Parameters take ISO 8601 with a zone, so yesterday is `from={yesterday}T00:00:00Z` and `to={today}T00:00:00Z`.",
      "They bound the start of a trace: `from` ≤ start < `to`.",
    ],
    code: "curl 'localhost:6006/api/projects/default/traces?from={yesterday}T00:00:00Z&to={today}T00:00:00Z'",
    wrong: ["`from=yesterday` is understood as well.", "Times are Unix seconds."],
    needsNow: true,
  },
  {
    id: "api-stats",
    questions: ["Can I get the p95 latency from the API?", "Which route gives me totals of tokens and cost?"],
    after: { "api-list": "Is there one for totals rather than the list?" },
    query: "API totals histogram p95 latency tokens cost stats",
    passages: ["api#stats"],
    facts: [
      "`GET /api/projects/:project/traces/stats` answers totals and a histogram over the traces that the list would show.",
      "It has `durationP50Ms` and `durationP95Ms`, `inputTokens`, `outputTokens`, `costUsd` and `unpricedCount`.",
      "`buckets` is 1–500, 120 by default.",
    ],
    code: "curl 'localhost:6006/api/projects/default/traces/stats?filter=status:error'",
    wrong: ["Percentiles are on `/metrics` in Prometheus' format.", "Add `percentile=99` for any other one."],
  },
  {
    id: "api-span",
    questions: [
      "The text of a span is cut in the API's answer. How do I get all of it?",
      "What is `truncated` in a span's JSON?",
    ],
    query: "span truncated full text 65,536 characters",
    passages: ["api#span"],
    facts: [
      "Texts of more than 65,536 characters are cut to that, and `truncated` names the attribute or the field.",
      "With `full` set to `true` nothing is cut.",
    ],
    code: "curl 'localhost:6006/api/projects/default/traces/TRACE_ID/spans/SPAN_ID?full=true'",
    wrong: ["Raise `--max-attribute-length` and send the span again."],
  },
  {
    id: "nanoseconds",
    questions: ["Why are timestamps strings in the API?", 'What is {"@int": …} in an attribute?'],
    after: { "api-span": "And why are the times strings there?" },
    query: "times nanoseconds decimal strings JSON number @int",
    passages: ["api#how-answers-look", "decisions#attribute-form", "architecture#decode"],
    facts: [
      "Times are Unix nanoseconds as decimal strings, for they do not fit a JSON number.",
      'What JSON cannot say is an object with one key that starts with `@`, such as `{"@int": "9007199254740993"}`.',
    ],
    wrong: ["They are ISO strings in UTC, so `new Date(text)` reads them."],
  },
  {
    id: "locate",
    questions: [
      "I only have a trace id. How do I find which project it is in?",
      "How do I jump to a trace by its id?",
    ],
    query: "find trace by id which project",
    passages: ["readme#what-you-see", "api#locate"],
    facts: [
      "`Ctrl K` (`⌘ K`) and a trace id open that trace.",
      "Over the API, `GET /api/traces/:traceId` answers the projects that hold spans of it.",
    ],
    wrong: [
      "Type `#` and the id into the filter bar.",
      "Trace ids are unique to a project, so you have to try each.",
    ],
  },
  {
    id: "phoenix",
    questions: [
      "Can I use the Phoenix client against Nightowl?",
      "Does `get_spans_dataframe` work?",
      "We have notebooks that use arize-phoenix-client. Do they still run?",
    ],
    query: "Phoenix client compatible routes",
    passages: ["api#public-routes"],
    facts: [
      "Two routes have the shapes of Phoenix, so that `arize-phoenix-client` and `@arizeai/phoenix-client` read your traces: give them `http://localhost:6006` as the endpoint.",
      "Calls that need other routes, such as `get_spans_dataframe`, `projects.get` and `traces.get_traces`, are answered with 404.",
    ],
    wrong: ["All of Phoenix's API is there, datasets and experiments included."],
  },
  {
    id: "double-cost",
    questions: [
      "My agent span repeats the tokens of its calls. Is the total doubled?",
      "How are the tokens of a trace added up?",
    ],
    after: { "api-stats": "Does that count an agent's tokens and its calls' twice?" },
    query: "tokens cost totals wrapper counted once",
    passages: ["architecture#totals"],
    facts: [
      "No: a wrapper and the call in it, or two instrumentations of one call, count once.",
      "The summary in the list and the trace page use the same function.",
    ],
    wrong: ["Yes; remove the token attributes from the agent span.", "Only spans named `llm` are summed."],
  },
  {
    id: "images",
    questions: [
      "Why does the transcript show a link instead of the picture?",
      "Are images in prompts displayed?",
    ],
    query: "images in transcripts shown remote link",
    passages: ["decisions#no-remote-images", "architecture#text-is-data"],
    facts: [
      "An image with an address elsewhere is shown as a link that says where it leads; images that are inline (`data:` URIs of raster formats) are shown.",
      "Looking at a trace makes no request to anybody but Nightowl.",
    ],
    wrong: ["Turn on `--load-images` to see them.", "The image server has to send CORS headers."],
  },
];
