/**
 * Claim: with a million spans in the store, the pages' questions are answered while a person waits for nothing:
 * list, totals and filters over 100,000 traces, and traces of 10, 1,000 and 50,000 spans.
 *
 * The spans are made by the engine itself, in SQL: 100,000 traces of 10 spans over seven days, among them one of
 * 1,000 and one of 50,000. Each span has about 1.5 KB of attributes.
 *
 *     npx tsx bench/queries.ts [rounds]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queryBodySchema } from "../packages/model/src/api/query.ts";
import { comparePrompts } from "../packages/server/src/queries/compare-prompts.ts";
import { findCorrelates } from "../packages/server/src/queries/find-correlates.ts";
import { getPrompt } from "../packages/server/src/queries/get-prompt.ts";
import { getSpanPrompt } from "../packages/server/src/queries/get-span-prompt.ts";
import { getRetrievedDocument } from "../packages/server/src/queries/get-retrieved-document.ts";
import { getSpan } from "../packages/server/src/queries/get-span.ts";
import { getTrace } from "../packages/server/src/queries/get-trace.ts";
import { getTraceCost } from "../packages/server/src/queries/get-trace-cost.ts";
import { listProjects } from "../packages/server/src/queries/list-projects.ts";
import { listPrompts } from "../packages/server/src/queries/list-prompts.ts";
import { listRetrievalQueries } from "../packages/server/src/queries/list-retrieval-queries.ts";
import { listRetrievedDocuments } from "../packages/server/src/queries/list-retrieved-documents.ts";
import { listSpans } from "../packages/server/src/queries/list-spans.ts";
import { listTraces, type ListTracesInput } from "../packages/server/src/queries/list-traces.ts";
import { locateTrace } from "../packages/server/src/queries/locate-trace.ts";
import { neighbourTraces } from "../packages/server/src/queries/neighbour-traces.ts";
import { retrievalOverview } from "../packages/server/src/queries/retrieval-overview.ts";
import { retrievalRelevance } from "../packages/server/src/queries/retrieval-relevance.ts";
import { runQuery, type QueryInput } from "../packages/server/src/queries/run-query.ts";
import { samplePrompt } from "../packages/server/src/queries/sample-prompt.ts";
import { searchTrace } from "../packages/server/src/queries/search-trace.ts";
import { suggestValues } from "../packages/server/src/queries/suggest-values.ts";
import { traceStats } from "../packages/server/src/queries/trace-stats.ts";
import type { Database } from "../packages/server/src/store/db/database.ts";
import { SPAN_COLUMNS } from "../packages/server/src/store/rows.ts";
import { openStore } from "../packages/server/src/store/store.ts";
import { median, quantile } from "./llm-spans.ts";

process.env["UV_THREADPOOL_SIZE"] ??= "16";
const ROUNDS = Number(process.argv[2] ?? 20);
const TRACES = 100_000;
const START_S = 1_795_046_400;
const WEEK_S = 7 * 86_400;

const LEFT_COLUMNS =
  /^(display_name|input_cost_usd|output_cost_usd|cache_write_1h_tokens|fed_by_tools)$|_prompt_tokens$/;
/** What the made spans leave at its default. */
const MADE_COLUMNS = SPAN_COLUMNS.filter((column) => !LEFT_COLUMNS.test(column));

/** One span for each number from `first` on; `trace` and `nth` are SQL on that number. */
function makeSpans(first: number, count: number, trace: string, nth: string): string {
  return `INSERT INTO spans (${MADE_COLUMNS.join(", ")}) SELECT
  'bench' AS project, toUInt32(intDiv(start_ns, 3600000000000)) AS start_hour,
  lower(leftPad(hex(${trace}), 32, 'b')) AS trace_id, leftPad(lower(hex(number + 1)), 16, '0') AS span_id,
  bitOr(received_ns, bitShiftLeft(toUInt64(1), 63)) AS version, start_ns AS received_ns,
  if(nth = 0, '', leftPad(lower(hex(number + 1 - nth + intDiv(nth, 4))), 16, '0')) AS parent_span_id,
  multiIf(nth = 0, 'answer question', nth % 3 = 0, 'chat gpt-4o', nth % 3 = 1, 'search documents', 'plan') AS name,
  multiIf(nth = 0, 'AGENT', nth % 3 = 0, 'LLM', nth % 3 = 1, 'TOOL', 'CHAIN') AS kind,
  1 AS otel_kind,
  toUInt64(${START_S} + cityHash64(${trace}) % ${WEEK_S}) * 1000000000 + nth * 1000000 AS start_ns,
  start_ns + 500000 + cityHash64(number) % 900000000 AS end_ns,
  if(number % 97 = 5, 'ERROR', 'OK') AS status_code, if(number % 97 = 5, '429 Too Many Requests', '') AS status_message,
  if(number % 97 = 5, 'RateLimitError', '') AS error_type, 'api' AS service_name, 'prod' AS environment,
  'bench' AS scope_name, if(kind = 'LLM', 'openai', '') AS provider,
  if(kind = 'LLM', concat('gpt-', toString(${trace} % 9)), '') AS request_model, request_model AS response_model, '' AS response_id,
  if(kind = 'TOOL', 'search', '') AS tool_name, '' AS tool_call_id, '' AS agent_name, '' AS session_id,
  if(nth = 0, concat('user-', toString(${trace} % 500)), '') AS user_id, [] AS tags, '' AS prompt_name,
  '' AS prompt_version,
  if(kind = 'LLM', concat('t', toString(${trace} % 20)), '') AS prompt_template_id,
  if(kind = 'LLM', concat('v', toString(${trace} % 20), '.', toString(cityHash64(${trace}) % 4)), '') AS prompt_version_id, '' AS finish_reason, if(kind = 'LLM', number % 2000, NULL) AS input_tokens,
  if(kind = 'LLM', number % 300, NULL) AS output_tokens, NULL AS cache_read_tokens, NULL AS cache_write_tokens,
  NULL AS reasoning_tokens, NULL AS audio_input_tokens, NULL AS audio_output_tokens, NULL AS cost_usd,
  if(kind = 'LLM', 'unpriced', '') AS cost_source, NULL AS time_to_first_token_ms, 0 AS document_count, 0 AS event_count,
  0 AS note_count, 1 AS sample_weight, concat('How warm is it in town number ', toString(${trace}), ' today?') AS input_preview,
  'About twelve degrees, with some rain in the afternoon.' AS output_preview,
  map('http.route', concat('/ask/', toString(number % 50)), 'retry.count', toString(number % 3), 'region', 'eu-west-1') AS attribute_text,
  '' AS trace_state, 0 AS flags, 0 AS dropped_attributes_count, 0 AS dropped_events_count, 0 AS dropped_links_count, '' AS full_status_message,
  concat('{"input.value":"', repeat(concat('lorem ', toString(number), ' ipsum '), 80), '"}') AS attributes,
  '[]' AS events, '[]' AS links, '[]' AS notes,
  '{"attributes":{},"droppedAttributesCount":0,"entityRefs":[],"schemaUrl":""}' AS resource,
  '{"name":"bench","version":"","attributes":{},"droppedAttributesCount":0,"schemaUrl":""}' AS scope
FROM (SELECT number, toUInt64(${nth}) AS nth FROM numbers(${first}, ${count}))`;
}

/** The model calls of the spans, in as many parts as these, as if each cost what its tokens say; one in 50 is unpriced. */
function makeCalls(part: number): string {
  return `INSERT INTO calls (project, start_hour, trace_id, span_id, version, counted, start_ns, trace_start_ns, duration_ms,
    running, failed, error_type, kind, name, trace_name, provider, model, service_name, environment, agent_name, session_id,
    user_id, tags, prompt_template_id, prompt_version_id, inside_tools, fed_by_tools, input_tokens, output_tokens, cache_read_tokens,
    cost_source, price_name, cost_usd, input_cost_usd, cache_read_cost_usd, output_cost_usd, system_part_tokens,
    system_part_cost_usd, user_part_tokens, user_part_cost_usd)
  SELECT project, start_hour, trace_id, span_id, 1, true, start_ns, start_ns - start_ns % 10000000, (end_ns - start_ns) / 1e6,
    false, status_code = 'ERROR', error_type, kind, name, 'answer question', provider, response_model, service_name, environment,
    concat('agent-', toString(cityHash64(trace_id) % 7)), concat('session-', toString(cityHash64(trace_id) % 20000)),
    concat('user-', toString(cityHash64(trace_id) % 500)), ['beta', if(cityHash64(trace_id) % 2 = 0, 'eu', 'us')],
    prompt_template_id, prompt_version_id, if(cityHash64(span_id) % 3 = 0, ['search'], []), ['search'],
    ifNull(input_tokens, 0), ifNull(output_tokens, 0), intDiv(ifNull(input_tokens, 0), 3),
    if(cityHash64(span_id) % 50 = 0, 'unpriced', 'computed'), concat('openai/', response_model),
    if(cityHash64(span_id) % 50 = 0, 0, (ifNull(input_tokens, 0) * 2 + ifNull(output_tokens, 0) * 10) / 1e6),
    ifNull(input_tokens, 0) * 1.7 / 1e6, ifNull(input_tokens, 0) * 0.3 / 1e6, ifNull(output_tokens, 0) * 10 / 1e6,
    ifNull(input_tokens, 0) * 0.6, ifNull(input_tokens, 0) * 0.6 / 1e6, ifNull(input_tokens, 0) * 0.4, ifNull(input_tokens, 0) * 1.1 / 1e6
  FROM spans WHERE kind = 'LLM' AND cityHash64(trace_id) % 10 = ${part}`;
}

/** Every tenth span searches, in ten parts: eight of 20,000 documents, some far more often than others, a third of them used. */
function makeRetrievals(part: number): string {
  const documents =
    "arrayMap(i -> toUInt64(1 + pow(cityHash64(span_id, i) % 10000 / 10000, 3) * 20000), range(8))";
  return `INSERT INTO retrievals SELECT project, start_hour, trace_id, span_id, 1, true, true, start_ns, start_ns - start_ns % 10000000,
    (end_ns - start_ns) / 1e6, false, status_code = 'ERROR', if(cityHash64(trace_id) % 3 = 0, 'RERANKER', 'RETRIEVER'),
    concat('index-', toString(cityHash64(trace_id) % 4)), concat('How warm is it in town ', toString(cityHash64(trace_id) % 30000), '?'),
    span_id, 1, if(cityHash64(span_id) % 20 = 0, [], ${documents}) AS documents,
    arrayMap(d -> (cityHash64(span_id) % 80 + 20) / 100 - d % 7 / 50, documents), arrayMap(d -> toUInt16(d % 9), documents),
    arrayMap(d -> toInt8(d % 3 = 0), documents)
  FROM spans WHERE kind = 'TOOL' AND start_ns % 10000000 = 1000000 AND cityHash64(trace_id) % 10 = ${part}`;
}

/** What the documents are called; and judgements of the first five of every fifth search. */
const RETRIEVED = [
  `INSERT INTO documents SELECT 'bench', number, ${Math.floor(START_S / 3600)}, 1, concat('doc-', toString(number)),
  repeat(concat('lorem ', toString(number), ' '), 14) FROM numbers(1, 20001)`,
  `INSERT INTO annotations (target_kind, target_id, position, name, identifier, version, deleted, project, trace_id, id,
    annotator_kind, score, metadata, source, created_ns, updated_ns)
  SELECT 'document', span_id, position, 'relevance', '', 1, 0, project, trace_id, concat(span_id, toString(position)),
    'LLM', cityHash64(span_id, position) % 2, '{}', 'API', 1, 1
  FROM retrievals ARRAY JOIN range(5) AS position WHERE cityHash64(span_id) % 5 = 1`,
];

const SUMMARISE = `INSERT INTO traces SELECT project, trace_id, 1 AS version, 1 AS watermark_ns, min(start_hour), max(start_hour),
  min(start_ns) AS start_ns_, max(end_ns), (max(end_ns) - start_ns_) / 1e6, false, argMin(name, start_ns), argMin(kind, start_ns),
  argMin(span_id, start_ns), argMin(status_code, start_ns), countIf(status_code = 'ERROR'), count(), countIf(kind = 'LLM'),
  sum(input_tokens), sum(output_tokens), (sum(input_tokens) * 2 + sum(output_tokens) * 10) / 1e6, 0, groupUniqArrayIf(toString(response_model), kind = 'LLM'), 'api', 'prod', '',
  max(user_id), [], 1, argMin(input_preview, start_ns), argMax(output_preview, start_ns), max(status_message)
FROM spans GROUP BY project, trace_id`;

/** Every fifth trace is judged twice: as a whole, and its first call. */
const JUDGE = [
  `INSERT INTO annotations (target_kind, target_id, position, name, identifier, version, deleted, project, trace_id, score)
  SELECT 'trace', trace_id, -1, 'factuality', '', 1, 0, project, trace_id, (cityHash64(trace_id) % 100) / 100
  FROM traces WHERE cityHash64(trace_id) % 5 = 0`,
  `INSERT INTO annotations (target_kind, target_id, position, name, identifier, version, deleted, project, trace_id, score)
  SELECT 'span', span_id, -1, 'helpfulness', '', 1, 0, project, trace_id, (cityHash64(span_id) % 100) / 100
  FROM (SELECT project, trace_id, min(span_id) AS span_id FROM calls GROUP BY project, trace_id) WHERE cityHash64(trace_id) % 5 = 0`,
];

/** Twenty prompt templates of four versions each. */
const TEMPLATES = [
  `INSERT INTO prompt_templates SELECT 'bench', concat('t', toString(number)), 1, 'discovered', '', '' FROM numbers(20)`,
  `INSERT INTO prompt_versions SELECT 'bench', concat('v', toString(intDiv(number, 4)), '.', toString(number % 4)), 1,
  concat('t', toString(intDiv(number, 4))), '', '["Answer the question: ",{"name":"question","shape":"line"}]',
  '{"trusted":true,"observations":[]}', 100, toUInt64(${START_S}) * 1000000000, toUInt64(${START_S}) * 1000000000, '' FROM numbers(80)`,
];

/** Ids of the traces of the made numbers. */
function traceIdOf(number: number): string {
  let hex = number.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  return hex.padStart(32, "b");
}

const MEDIUM = 200_000;
const LARGE = 200_001;

async function fill(db: Database): Promise<void> {
  const spans = TRACES * 10 - 51_000;
  for (let first = 0; first < spans; first += 100_000) {
    await db.command(makeSpans(first, Math.min(100_000, spans - first), "intDiv(number, 10)", "number % 10"));
  }
  await db.command(makeSpans(2_000_000, 1_000, `toUInt64(${MEDIUM})`, "number - 2000000"));
  await db.command(makeSpans(3_000_000, 50_000, `toUInt64(${LARGE})`, "number - 3000000"));
  for (let part = 0; part < 10; part++) await db.command(makeCalls(part));
  for (let part = 0; part < 10; part++) await db.command(makeRetrievals(part));
  for (const statement of RETRIEVED) await db.command(statement);
  await db.command(SUMMARISE);
  for (const statement of [...JUDGE, ...TEMPLATES]) await db.command(statement);
}

const dataDir = await mkdtemp(join(tmpdir(), "nightowl-bench-"));
const store = await openStore({ dataDir });
try {
  const { db } = store;
  const startedMs = performance.now();
  await fill(db);
  const [counts] = await db.query<{ spans: string; traces: string; bytes: string }>(
    `SELECT (SELECT count() FROM spans FINAL) AS spans, (SELECT count() FROM traces FINAL) AS traces,
       (SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table IN ('spans', 'traces', 'calls', 'retrievals', 'documents')) AS bytes`,
  );
  console.log(
    `${counts?.spans} spans in ${counts?.traces} traces, ${(Number(counts?.bytes) / 1e6).toFixed(0)} MB on disk, ` +
      `made in ${((performance.now() - startedMs) / 1000).toFixed(1)} s; best, median and 95th percentile of ${ROUNDS}, and median processor time\n`,
  );
  await measure(db);
} finally {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
}

/** What the Cost page asks, and the one query. */
function costQuestions(
  db: Database,
  project: string,
  traceId: string,
): Record<string, () => Promise<unknown>> {
  const query = (input: Partial<QueryInput>) => () =>
    runQuery(db, { ...queryBodySchema.parse({ measures: ["cost"] }), project, ...input });
  const week = { from: "2026-11-19T00:00:00Z", to: "2026-11-26T00:00:00Z" };
  const day = { from: "2026-11-21T00:00:00Z", to: "2026-11-22T00:00:00Z" };
  return {
    "cost, totals": query({ measures: ["cost", "tokens", "unpriced", "cache_hit_share", "output_ratio"] }),
    "cost over a week by model, stacked": query({ by: ["time", "model"], top: 8, totals: false, ...week }),
    "cost over a week by user, stacked": query({ by: ["time", "user"], top: 8, totals: false, ...week }),
    "cost by model, ten measures": query({
      by: ["model"],
      measures: [
        "cost",
        "count",
        "error_rate",
        "latency_p50",
        "latency_p95",
        "tokens",
        "input_tokens",
        "output_tokens",
        "unpriced",
        "cost_mean",
      ],
    }),
    "cost by prompt version, with confidence": query({
      by: ["prompt_version"],
      measures: ["cost_mean", "error_rate"],
    }),
    "factuality by prompt version, the worst first": query({
      by: ["prompt_version"],
      measures: ["eval:factuality", "count"],
      sort: "eval:factuality",
      order: "asc",
    }),
    "cost by user": query({ by: ["user"] }),
    "cost by session (20,000)": query({ by: ["session"] }),
    "cost by tag": query({ by: ["tag"] }),
    "cost by model and user": query({ by: ["model", "user"] }),
    "cost by part of the prompt": query({
      measures: ["cost_part_system", "cost_part_user", "cost_part_documents"],
    }),
    "cost by @http.route": query({ by: ["@http.route"] }),
    "cost by @http.route of one day": query({ by: ["@http.route"], ...day }),
    "cost by model where status:error": query({ by: ["model"], filter: "status:error" }),
    "cost by model where user:user-17": query({ by: ["model"], filter: "user:user-17" }),
    "spans, count and p95 by kind": query({
      of: "spans",
      by: ["kind"],
      measures: ["count", "error_rate", "latency_p95"],
    }),
    "spans, count and p95 by kind of one day": query({
      of: "spans",
      by: ["kind"],
      measures: ["count", "error_rate", "latency_p95"],
      ...day,
    }),
    "spans, count by tool over a week": query({
      of: "spans",
      by: ["time", "tool"],
      measures: ["count"],
      top: 8,
      ...week,
    }),
    "spans, count by @http.route": query({ of: "spans", by: ["@http.route"], measures: ["count"] }),
    "traces, cost and p95 by user": query({ of: "traces", by: ["user"], measures: ["cost", "latency_p95"] }),
    "traces, the dearest 100": query({ of: "traces", by: ["trace"] }),
    "what one trace cost": () => getTraceCost(db, { project, traceId }),
  };
}

/** What the Retrieval page asks. */
function retrievalQuestions(db: Database, project: string): Record<string, () => Promise<unknown>> {
  const day = { from: "2026-11-21T00:00:00Z", to: "2026-11-22T00:00:00Z" };
  const queries = { project, order: "worst", limit: 50 } as const;
  const documents = { project, sort: "unused", limit: 50 } as const;
  return {
    "retrieval, per retriever and distributions": () => retrievalOverview(db, { project }),
    "retrieval of one day": () => retrievalOverview(db, { project, ...day }),
    "retrieval where user:user-17": () => retrievalOverview(db, { project, filter: "user:user-17" }),
    "retrieval, queries with the lowest top scores": () => listRetrievalQueries(db, queries),
    "retrieval, queries that found nothing": () => listRetrievalQueries(db, { ...queries, order: "empty" }),
    "retrieval, documents found and never used": () => listRetrievedDocuments(db, documents),
    "retrieval, documents of one retriever": () =>
      listRetrievedDocuments(db, { ...documents, sort: "hits", retriever: "index-2" }),
    "retrieval, one document and its searches": () =>
      getRetrievedDocument(db, { project, documentKey: "0000000000000001", limit: 50 }),
    "retrieval, precision, nDCG and MRR": () => retrievalRelevance(db, { project }),
  };
}

async function measure(db: Database): Promise<void> {
  const project = "bench";
  const traces = (input: Partial<ListTracesInput>) => () =>
    listTraces(db, { project, sort: "start", order: "desc", limit: 100, ...input });
  const day = { from: "2026-11-21T00:00:00Z", to: "2026-11-22T00:00:00Z" };
  const { nextCursor } = await traces({})();
  const small = traceIdOf(4711);
  const spanId = (4711 * 10 + 4).toString(16).padStart(16, "0");
  const questions: Record<string, () => Promise<unknown>> = {
    "list, latest 100": traces({}),
    "list, next page": traces({ cursor: nextCursor ?? undefined }),
    "list, by duration": traces({ sort: "duration" }),
    "list, one day": traces(day),
    "list, status:error latency:>800ms": traces({ filter: "status:error latency:>800ms" }),
    "list, user:user-17": traces({ filter: "user:user-17" }),
    "list, model:gpt-3": traces({ filter: "model:gpt-3" }),
    "list, model:gpt-3 of one day": traces({ filter: "model:gpt-3", ...day }),
    "list, model:gpt-3 -error:RateLimitError": traces({ filter: "model:gpt-3 -error:RateLimitError" }),
    "list, @http.route:/ask/7": traces({ filter: "@http.route:/ask/7" }),
    'list, "town number 4711"': traces({ filter: '"town number 4711"' }),
    "totals and histogram": () => traceStats(db, { project, buckets: 120 }),
    "totals and histogram, kind:tool of one day": () =>
      traceStats(db, { project, buckets: 120, filter: "kind:tool", ...day }),
    projects: () => listProjects(db),
    "suggest model": () => suggestValues(db, { project, field: "model", prefix: "" }),
    "suggest attribute keys": () => suggestValues(db, { project, field: "@", prefix: "" }),
    "neighbours of a trace": () => neighbourTraces(db, { project, traceId: small }),
    "locate a trace": () => locateTrace(db, small),
    "open a trace of 10 spans": () => getTrace(db, { project, traceId: small }),
    "open a trace of 1,000 spans": () => getTrace(db, { project, traceId: traceIdOf(MEDIUM) }),
    "open a trace of 50,000 spans": () => getTrace(db, { project, traceId: traceIdOf(LARGE) }),
    "open one span": () => getSpan(db, { project, traceId: small, spanId }),
    "search in 1,000 spans": () =>
      searchTrace(db, { project, traceId: traceIdOf(MEDIUM), text: "LOREM 2000500" }),
    "search in 50,000 spans": () =>
      searchTrace(db, { project, traceId: traceIdOf(LARGE), text: "LOREM 3000500" }),
    "prompt templates": () => listPrompts(db, { project, buckets: 30 }),
    "prompt templates of one day": () => listPrompts(db, { project, buckets: 30, ...day }),
    "a prompt template": () => getPrompt(db, { project, templateId: "t7", buckets: 120 }),
    "two versions of a prompt compared": () =>
      comparePrompts(db, { project, templateId: "t7", a: "v7.1", b: "v7.2" }),
    "two days of a prompt compared": () =>
      comparePrompts(db, {
        project,
        templateId: "t7",
        aFrom: "2026-11-20T00:00:00Z",
        aTo: day.from,
        bFrom: day.from,
        bTo: day.to,
      }),
    "samples of a version's variables": () =>
      samplePrompt(db, { project, templateId: "t7", versionId: "v7.1", limit: 50 }),
    "the prompt of a span": () => getSpanPrompt(db, { project, traceId: small, spanId }),
    "what goes with failed traces": () => findCorrelates(db, { project, outcome: "error", limit: 40 }),
    "what goes with slow traces of one day": () =>
      findCorrelates(db, { project, outcome: "slow", limit: 40, ...day }),
    "public list of 100 spans": () => listSpans(db, { project, limit: 100 }),
    "public list of 100 roots of one day": () =>
      listSpans(db, { project, limit: 100, parentId: null, ...day }),
  };
  for (const [name, ask] of Object.entries({
    ...questions,
    ...costQuestions(db, project, small),
    ...retrievalQuestions(db, project),
  })) {
    if (process.env["ONLY"] && !name.includes(process.env["ONLY"])) continue;
    const timesMs: number[] = [];
    const cpuMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const startMs = performance.now();
      const startCpu = process.cpuUsage();
      await ask();
      const { user, system } = process.cpuUsage(startCpu);
      timesMs.push(performance.now() - startMs);
      cpuMs.push((user + system) / 1000);
    }
    timesMs.sort((a, b) => a - b);
    const figures = [timesMs[0] ?? 0, median(timesMs), quantile(timesMs, 0.95), median(cpuMs)];
    console.log(`${name.padEnd(50)} ${figures.map((ms) => `${ms.toFixed(1).padStart(8)} ms`).join("")}`);
  }
}
