import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FieldTerm, Filter } from "@nightowl/model/filter/filter";
import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { printFilter } from "@nightowl/model/filter/print-filter";
import { literalValue } from "@nightowl/model/filter/value-pattern";
import type { Span } from "@nightowl/model/span/span";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { listTraces } from "../queries/list-traces.ts";
import {
  BASE_NS,
  makeSpan,
  makeTraces,
  openTestStore,
  summaryOf,
  type TestStore,
} from "../queries/testing/sample-traces.ts";
import { toTraceCondition } from "./where.ts";

interface Known {
  trace: TraceSummary;
  spans: Span[];
}

const HOSTILE = [
  "isn't",
  `"double"`,
  "C:\\slash",
  "ends with \\",
  "100%",
  "a_b",
  "axb",
  "{x:String}",
  "{where0:String}",
  "*star*",
  "'; DROP TABLE spans; --",
  "\\' OR 1=1 --",
  "NUL\0NUL",
  "emoji 🦉",
  "-- comment",
  "/* */",
  "tab\tand\nline",
];

/** One trace for each hostile text, which stands in every place a filter can ask for. */
const hostileTraces = HOSTILE.map((text, i) => [
  makeSpan({
    traceId: `${"b".repeat(30)}${String(i).padStart(2, "0")}`,
    spanId: `00000000000000${String(i).padStart(2, "0")}`.replace(/0$/, "1"),
    startTimeNs: String(BASE_NS + BigInt(i)),
    name: text,
    kind: "AGENT",
    serviceName: text,
    environment: text,
    sessionId: text,
    userId: text,
    tags: [text],
    agentName: text,
    provider: text,
    requestModel: text,
    error: { type: text },
    attributes: { plain: text, [text]: "here" },
  }),
]);
const samples = makeTraces(300, 7).filter((spans) => spans[0]?.project === "shop");
const known: Known[] = [...samples, ...hostileTraces].map((spans) => ({ spans, trace: summaryOf(spans) }));
let testStore: TestStore;

beforeAll(async () => {
  testStore = await openTestStore();
  const spans = known.flatMap((entry) => entry.spans);
  // A first version without any content, and everything twice: neither may show.
  await testStore.write(
    spans
      .filter((_, i) => i % 3 === 0)
      .map((span) => ({ ...span, name: "draft", attributes: {}, endTimeNs: "0" })),
  );
  await testStore.write(spans);
  await testStore.write(spans);
});
afterAll(() => testStore.close());

async function matching(filter: string, range: { from?: string; to?: string } = {}): Promise<string[]> {
  const { data } = await listTraces(testStore.store.db, {
    project: "shop",
    sort: "start",
    order: "asc",
    limit: 1000,
    filter,
    ...range,
  });
  return data.map((trace) => trace.traceId).sort();
}

function expected(accepts: (entry: Known) => boolean): string[] {
  return known
    .filter(accepts)
    .map((entry) => entry.trace.traceId)
    .sort();
}

function some(accepts: (span: Span) => boolean) {
  return ({ spans }: Known): boolean => spans.some(accepts);
}

function tokensOf({ trace }: Known): number | undefined {
  if (trace.inputTokens === null && trace.outputTokens === null) return undefined;
  return (trace.inputTokens ?? 0) + (trace.outputTokens ?? 0);
}

describe("every field asks what it says", () => {
  test.each<[string, (entry: Known) => boolean]>([
    ["name:answer", ({ trace }) => trace.name === "answer"],
    ["name:ANSWER,rührei", ({ trace }) => trace.name === "answer" || trace.name === "rührei"],
    ["name:RÜH*", ({ trace }) => trace.name.startsWith("rüh")],
    ["name:*e*", ({ trace }) => trace.name.toLowerCase().includes("e")],
    ['-name:answer,"draft"', ({ trace }) => trace.name !== "answer"],
    ["status:error", ({ trace }) => trace.errorCount > 0],
    ["status:OK", ({ trace }) => trace.errorCount === 0],
    ["-status:error", ({ trace }) => trace.errorCount === 0],
    ["status:error,ok", () => true],
    ["latency:>2s", ({ trace }) => trace.durationMs > 2000],
    ["latency:<=1.5s", ({ trace }) => trace.durationMs <= 1500],
    ["latency:>1s latency:<3s", ({ trace }) => trace.durationMs > 1000 && trace.durationMs < 3000],
    ["-latency:>=100ms", ({ trace }) => trace.durationMs < 100],
    ["tokens:>1k", (entry) => (tokensOf(entry) ?? -1) > 1000],
    ["tokens:<=1000", (entry) => (tokensOf(entry) ?? Infinity) <= 1000],
    ["-tokens:>1000", (entry) => !((tokensOf(entry) ?? -1) > 1000)],
    ["cost:>0.5", ({ trace }) => (trace.costUsd ?? 0) > 0.5],
    ["cost:<=0.5", ({ trace }) => (trace.costUsd ?? Infinity) <= 0.5],
    ["-cost:>0.5", ({ trace }) => !((trace.costUsd ?? 0) > 0.5)],
    ["spans:>=5", ({ trace }) => trace.spanCount >= 5],
    ["spans:1,7", ({ trace }) => trace.spanCount === 1 || trace.spanCount === 7],
    ["user:ann", ({ trace }) => trace.userId === "ann"],
    ["-user:ann,bob", ({ trace }) => trace.userId !== "ann" && trace.userId !== "bob"],
    ["user:*", ({ trace }) => trace.userId !== ""],
    ['user:""', ({ trace }) => trace.userId === ""],
    ["session:s1", ({ trace }) => trace.sessionId === "s1"],
    ["tag:beta", ({ trace }) => trace.tags.includes("beta")],
    ['tag:"a,b",eu', ({ trace }) => trace.tags.includes("a,b") || trace.tags.includes("eu")],
    ["-tag:*", ({ trace }) => trace.tags.length === 0],
    ['tag:""', ({ trace }) => trace.tags.length === 0],
    ["service:api", ({ trace }) => trace.serviceName === "api"],
    ["env:prod,dev", ({ trace }) => ["prod", "dev"].includes(trace.environment)],
    [`trace:${"E".repeat(24)}*`, ({ trace }) => trace.traceId.startsWith("eee")],
    ['span:"call 2"', some((span) => span.name === "call 2")],
    ["span:tool_*", some((span) => span.name.startsWith("tool_"))],
    ["-span:call*", (entry) => !some((span) => span.name.startsWith("call"))(entry)],
    ["kind:tool", some((span) => span.kind === "TOOL")],
    ["-kind:llm", (entry) => !some((span) => span.kind === "LLM")(entry)],
    ["model:gpt-4o", some((span) => [span.requestModel, span.responseModel].includes("gpt-4o"))],
    ["model:*-2024", some((span) => span.responseModel !== undefined)],
    ["model:o_1%x", some((span) => span.requestModel === "o_1%x")],
    ["provider:OpenAI", some((span) => span.provider === "openai")],
    ["tool:weather", some((span) => span.tool?.name === "weather")],
    ["tool:tool_1", some((span) => span.kind === "TOOL" && !span.tool && span.name === "tool_1")],
    ["agent:answer", some((span) => span.kind === "AGENT" && span.name === "answer")],
    ["error:ratelimit*", some((span) => span.error?.type === "RateLimitError")],
    ["@http.route:/ask", some((span) => span.attributes["http.route"] === "/ask")],
    ["-@http.route:/ask", (entry) => !some((span) => span.attributes["http.route"] === "/ask")(entry)],
    ["@retry.count:>=2", some((span) => Number(span.attributes["retry.count"]) >= 2)],
    ["@retry.count:1", some((span) => span.attributes["retry.count"] === 1)],
    ['@"genkit:name":"x y"', some((span) => "genkit:name" in span.attributes)],
    ["@http.route:*", some((span) => "http.route" in span.attributes)],
    ["-@http.route:*", (entry) => !some((span) => "http.route" in span.attributes)(entry)],
    ["@http.route:>1", () => false],
    [
      "model:gpt-4o kind:tool",
      (entry) =>
        some((span) => [span.requestModel, span.responseModel].includes("gpt-4o"))(entry) &&
        some((span) => span.kind === "TOOL")(entry),
    ],
    [
      "kind:llm -model:gpt-4o -provider:anthropic status:ok",
      (entry) =>
        some((span) => span.kind === "LLM")(entry) &&
        !some((span) => span.requestModel === "gpt-4o" || span.responseModel === "gpt-4o")(entry) &&
        !some((span) => span.provider === "anthropic")(entry) &&
        entry.trace.errorCount === 0,
    ],
  ])("%s", async (filter, accepts) => {
    const ids = expected(accepts);
    expect(await matching(filter)).toEqual(ids);
    // A range that holds everything bounds the hours of the spans that are looked at, and changes nothing else.
    expect(await matching(filter, { from: "2026-11-01T00:00:00Z", to: "2026-12-31T00:00:00Z" })).toEqual(ids);
  });

  test("words are looked for in the trace's name, its previews and its spans' names", async () => {
    function holds(word: string) {
      const low = word.toLowerCase();
      return ({ trace, spans }: Known): boolean =>
        [trace.name, trace.inputPreview, trace.outputPreview, ...spans.map((span) => span.name)].some(
          (text) => text.toLowerCase().includes(low),
        );
    }
    for (const word of ["order", "DEGREES", "50%", "_x_", "call 1", "rührei"]) {
      expect(await matching(`"${word}"`)).toEqual(expected(holds(word)));
      expect(await matching(`-"${word}"`)).toEqual(expected((entry) => !holds(word)(entry)));
    }
    expect(await matching("answer -order")).toEqual(
      expected((entry) => holds("answer")(entry) && !holds("order")(entry)),
    );
    expect(await matching("draft")).toEqual([]);
  });

  test("a range bounds the traces by their own start, not by their spans'", async () => {
    const [from, to] = [BASE_NS + 3_600_000_000_000n, BASE_NS + 30n * 3_600_000_000_000n];
    const range = {
      from: new Date(Number(from / 1_000_000n)).toISOString(),
      to: new Date(Number(to / 1_000_000n)).toISOString(),
    };
    const [fromMs, toMs] = [from / 1_000_000n, to / 1_000_000n];
    const inRange = ({ trace }: Known): boolean =>
      BigInt(trace.startTimeNs) >= fromMs * 1_000_000n && BigInt(trace.startTimeNs) < toMs * 1_000_000n;
    expect(await matching("kind:tool", range)).toEqual(
      expected((entry) => inRange(entry) && some((span) => span.kind === "TOOL")(entry)),
    );
    expect(await matching("-kind:tool", range)).toEqual(
      expected((entry) => inRange(entry) && !some((span) => span.kind === "TOOL")(entry)),
    );
  });
});

describe("hostile text is data", () => {
  const fields = [
    "name",
    "user",
    "session",
    "tag",
    "service",
    "env",
    "span",
    "model",
    "provider",
    "agent",
    "error",
  ];

  test.each(HOSTILE)("%j finds the one trace that has it, in every field", async (text) => {
    const own = expected(({ trace }) => trace.name === text && trace.userId === text);
    expect(own.length).toBe(1);
    for (const field of [...fields, "@plain"]) {
      const term: FieldTerm = { type: "field", field, op: "=", values: [literalValue(text)], negated: false };
      expect([field, await ids([term])]).toEqual([field, own]);
      const prefix = { ...term, values: [`${literalValue(text)}*`] };
      expect([field, await ids([prefix])]).toEqual([field, own]);
    }
    const byKey: Filter = [{ type: "field", field: `@${text}`, op: "=", values: ["here"], negated: false }];
    expect(await ids(byKey)).toEqual(own);
    const word = await ids([{ type: "text", text, negated: false }]);
    expect(word).toEqual(
      expected(({ trace, spans }) =>
        [trace.name, trace.inputPreview, trace.outputPreview, ...spans.map((span) => span.name)].some(
          (name) => name.toLowerCase().includes(text.toLowerCase()),
        ),
      ),
    );
  });

  async function ids(filter: Filter): Promise<string[]> {
    expect(parseFilter(printFilter(filter))).toEqual({ filter });
    return matching(printFilter(filter));
  }

  test("nothing a person wrote stands in the SQL, only placeholders", () => {
    const { sql, params } = toTraceCondition({
      project: "it's",
      fromNs: 5n,
      filter: [
        { type: "text", text: "50%_\\", negated: true },
        { type: "field", field: "@k'ey", op: "=", values: ["{x:String}*"], negated: false },
      ],
    });
    expect(sql).not.toMatch(/it's|50|k'ey|\{x/);
    expect(Object.values(params)).toEqual(["it's", 5n, "%50\\%\\_\\\\%", "k'ey", "{x:String}%"]);
  });

  test("a term that code made up wrongly is refused, not sent", () => {
    const made = (field: string, value: string): (() => unknown) => {
      return () =>
        toTraceCondition({
          project: "p",
          filter: [{ type: "field", field, op: "=", values: [value], negated: false }],
        });
    };
    expect(made("nope", "x")).toThrow(RangeError);
    expect(made("latency", "fast")).toThrow(RangeError);
    expect(made("tokens", "NaN")).toThrow(RangeError);
  });
});
