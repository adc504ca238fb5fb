import * as contract from "@nightowl/model/api/prompts";
import { runQuery } from "@nightowl/model/api/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { jsonRequest, jsonSpan, textAttribute, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
const DAY_MS = 86_400_000;
const START_MS = Date.parse("2026-11-02T00:00:00Z");
const OLD_RULE = "Answer from what you know and from the documents.";
const NEW_RULE = "Answer only from the documents, and cite each by its id.";
const QUESTIONS = [
  "How do I reset my password?",
  "Where is the invoice for March?",
  "Can two people share a seat",
  "Why was I charged twice?",
  "My export hangs at ninety per cent. What now?",
  "Is there a way to undo a merge?",
  "When does the trial end?",
  "Who can see the notes of a closed project?",
];
const PRODUCTS = ["Atlas", "Beacon", "Kiln"];

/** The n-th call of a week: the rule changes on the fourth day, from when on it costs more tokens. */
function call(n: number) {
  const isNew = n >= 40;
  const startMs = START_MS + n * (DAY_MS / 10);
  const ns = (ms: number) => `${ms}000000`;
  const system = `You are a careful support engineer for ${PRODUCTS[n % 3]}.\n${isNew ? NEW_RULE : OLD_RULE}\nBe brief and be kind.`;
  const question = `${QUESTIONS[n % 8]} ${QUESTIONS[(n * 5 + (n >> 3) * 3) % 8]}`;
  const tool = { name: "search", parameters: { properties: { query: { type: "string" } } } };
  return jsonSpan({
    traceId: (0xb000 + n).toString(16).padStart(32, "0"),
    name: "chat",
    startTimeUnixNano: ns(startMs),
    endTimeUnixNano: ns(startMs + 1000 + (n % 7) * 10),
    attributes: [
      textAttribute("openinference.span.kind", "LLM"),
      textAttribute("llm.model_name", "gpt-4o"),
      textAttribute("llm.invocation_parameters", JSON.stringify({ temperature: isNew ? 0.2 : 0.7 })),
      textAttribute("llm.tools.0.tool.json_schema", JSON.stringify(tool)),
      textAttribute("llm.input_messages.0.message.role", "system"),
      textAttribute("llm.input_messages.0.message.content", system),
      textAttribute("llm.input_messages.1.message.role", "user"),
      textAttribute("llm.input_messages.1.message.content", question),
      { key: "llm.token_count.prompt", value: { intValue: String((isNew ? 1400 : 1000) + (n % 5) * 10) } },
      { key: "llm.token_count.completion", value: { intValue: String(100 + (n % 9)) } },
    ],
    status: n % 20 === 3 ? { code: 2, message: "boom" } : { code: 1 },
  });
}

const SPANS = Array.from({ length: 80 }, (_, n) => call(n));

beforeAll(async () => {
  await server.start();
  for (let n = 0; n < 80; n += 4) await server.send("support", jsonRequest(...SPANS.slice(n, n + 4)));
});
afterAll(() => server.remove());

async function list() {
  const { status, body } = await server.get("/api/projects/support/prompts");
  expect(status).toBe(200);
  return contract.listPrompts.response.parse(body);
}
async function ids() {
  const [template] = (await list()).data;
  const path = `/api/projects/support/prompts/${template?.templateId}`;
  const detail = contract.getPrompt.response.parse((await server.get(path)).body);
  const [a, b] = detail.versions;
  return { path, detail, a: a?.versionId ?? "", b: b?.versionId ?? "" };
}

async function ask(body: object, project = "support"): Promise<z.output<typeof runQuery.response>> {
  const answer = await server.get(`/api/projects/${project}/query`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return runQuery.response.parse(answer.body);
}
/** Judges the n-th call of the project. */
function annotate(scoreOf: (n: number) => number, name = "factuality"): Promise<void> {
  return post(
    "/v1/span_annotations?sync=true",
    SPANS.map(({ spanId }, n) => ({ span_id: spanId, name, result: { score: scoreOf(n) } })),
  );
}
async function post(path: string, data: object[]): Promise<void> {
  const { status } = await server.get(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data }),
  });
  expect(status).toBe(200);
}

describe("prompt templates over the API", () => {
  it("lists a template that nobody declared, with its versions and what its calls amount to", async () => {
    const { data, unassigned } = await list();
    expect(unassigned.callCount).toBe(0);
    expect(data).toMatchObject([
      {
        source: "discovered",
        title: "You are a careful support engineer for ….",
        versionCount: 2,
        latestVersion: { number: 2 },
        callCount: 80,
        errorCount: 4,
        models: ["gpt-4o"],
        services: ["checkout"],
        unpricedCount: 0,
      },
    ]);
    const cost = await ask({ measures: ["cost"], by: ["prompt"] });
    expect(data[0]?.costUsd).toBeCloseTo(cost.rows[0]?.values["cost"]?.value ?? 0, 10);
    expect(data[0]?.costUsd).toBeGreaterThan(0.3);
    expect(data[0]?.buckets.reduce((sum, calls) => sum + calls, 0)).toBe(80);
  });

  it("tells a template's versions with their texts and their traffic", async () => {
    const { detail, a, b } = await ids();
    expect(detail.versions.map(({ number, callCount }) => [number, callCount])).toEqual([
      [1, 40],
      [2, 40],
    ]);
    expect(detail.versions[1]?.messages).toEqual([
      {
        role: "system",
        pieces: [
          "You are a careful support engineer for ",
          { name: "value", shape: "word" },
          `.\n${NEW_RULE}\nBe brief and be kind.`,
        ],
      },
      { role: "user", pieces: [{ name: "question", shape: "line" }] },
    ]);
    const totals = (id: string) => detail.buckets.reduce((sum, { calls }) => sum + (calls[id] ?? 0), 0);
    expect([totals(a), totals(b)]).toEqual([40, 40]);
    const firstDay = `from=2026-11-02T00:00:00Z&to=2026-11-03T00:00:00Z`;
    const day = contract.getPrompt.response.parse(
      (await server.get(`/api/projects/support/prompts/${detail.templateId}?${firstDay}`)).body,
    );
    expect(day.versions.map(({ callCount }) => callCount)).toEqual([10, 0]);
  });

  it("samples what was filled in, and tools and parameters", async () => {
    const { path, b } = await ids();
    const sample = contract.samplePrompt.response.parse(
      (await server.get(`${path}/versions/${b}/samples?limit=40`)).body,
    );
    expect(sample.variables).toMatchObject([
      { name: "value", shape: "word", distinctCount: 3 },
      { name: "question", shape: "line", distinctCount: 40 },
    ]);
    expect(sample.variables[0]?.values.map(({ text }) => text).toSorted()).toEqual(PRODUCTS);
    expect(sample.calls).toHaveLength(40);
    expect(sample).toMatchObject({
      parameters: { temperature: 0.2 },
      models: ["gpt-4o"],
      tools: [{ name: "search" }],
    });
  });

  it("compares two versions, and says what is more than chance", async () => {
    const { path, a, b } = await ids();
    const { metrics, ...sides } = contract.comparePrompts.response.parse(
      (await server.get(`${path}/compare?a=${a}&b=${b}`)).body,
    );
    expect(sides).toMatchObject({ a: { versionId: a, callCount: 40 }, b: { versionId: b, callCount: 40 } });
    const metric = (key: string) => metrics.find((each) => each.key === key);
    expect(metric("calls")).toMatchObject({ a: 40, b: 40, test: null });
    expect(metric("input_tokens")).toMatchObject({
      a: 1020,
      b: 1420,
      aCount: 40,
      test: "welch",
      better: "lower",
    });
    expect(metric("input_tokens")?.pValue).toBeLessThan(1e-6);
    expect(metric("error_rate")).toMatchObject({ a: 0.05, b: 0.05, test: "fisher", pValue: 1 });
    expect(metric("duration")?.test).toBe("mann-whitney");
    expect(metric("duration")?.pValue).toBeGreaterThan(0.05);
    // 1,020 tokens in at $2.50 a million, and some 104 out at $10.
    expect(metric("cost")?.a).toBeCloseTo(0.00359, 5);
    expect(metric("cost")).toMatchObject({ aCount: 40, bCount: 40, test: "welch" });
    expect(metric("cached_share")).toBeUndefined();
  });

  it("compares two ranges of time, each by the version of most of its calls", async () => {
    const { path, a, b } = await ids();
    const ranges =
      "aFrom=2026-11-02T00:00:00Z&aTo=2026-11-06T00:00:00Z&bFrom=2026-11-06T00:00:00Z&bTo=2026-11-10T00:00:00Z";
    const answer = contract.comparePrompts.response.parse(
      (await server.get(`${path}/compare?${ranges}`)).body,
    );
    expect(answer).toMatchObject({ a: { versionId: a, callCount: 40 }, b: { versionId: b, callCount: 40 } });
  });

  it("tells a span's template, version and values", async () => {
    const { detail, a, b } = await ids();
    const spanPath = async (n: number) => {
      const traceId = (0xb000 + n).toString(16).padStart(32, "0");
      const { spans } = (await server.get(`/api/projects/support/traces/${traceId}`)).body as {
        spans: { spanId: string }[];
      };
      return `/api/projects/support/traces/${traceId}/spans/${spans[0]?.spanId}/prompt`;
    };
    const read = async (n: number) =>
      contract.getSpanPrompt.response.parse((await server.get(await spanPath(n))).body);
    expect((await read(41)).prompt).toMatchObject({
      templateId: detail.templateId,
      versionId: b,
      number: 2,
      versionCount: 2,
      previousVersionId: a,
      values: [{ name: "value", text: "Kiln" }, { name: "question" }],
    });
    expect((await read(0)).prompt).toMatchObject({ versionId: a, previousVersionId: null });
  });

  it("says which version that nobody declared has the worst factuality, in one question, each with its traces", async () => {
    const { detail, a, b } = await ids();
    await annotate((n) => (n >= 40 ? 0.9 - (n % 3) / 10 : 0.4 + (n % 3) / 10));
    const { rows } = await ask({
      measures: ["eval:factuality", "count"],
      by: ["prompt_version"],
      sort: "eval:factuality",
      order: "asc",
    });
    expect(
      rows.map(({ key, labels, count, values }) => [
        key["prompt_version"],
        labels?.["prompt_version"],
        count,
        values["eval:factuality"]?.n,
      ]),
    ).toEqual([
      [a, "You are a careful support engineer for … · v1", 40, 40],
      [b, "You are a careful support engineer for … · v2", 40, 40],
    ]);
    const traces = await server.get(
      `/api/projects/support/traces/stats?filter=${encodeURIComponent(rows[0]?.filter ?? "")}`,
    );
    expect(traces.body).toMatchObject({ traceCount: 40 });
    const byTemplate = await ask({ of: "spans", measures: ["count"], by: ["prompt"] });
    expect(byTemplate.rows).toMatchObject([
      {
        key: { prompt: detail.templateId },
        labels: { prompt: "You are a careful support engineer for …." },
        filter: `prompt:${detail.templateId}`,
        count: 80,
      },
    ]);
  });

  it("compares what was judged of two versions, and says what is more than chance", async () => {
    const { path, a, b } = await ids();
    await annotate((n) => (n >= 40 ? 0.9 - (n % 3) / 10 : 0.4 + (n % 3) / 10));
    await annotate((n) => 0.5 + (n % 4) / 10, "kindness");
    // Of whole traces, and without scores.
    await post(
      "/v1/trace_annotations?sync=true",
      SPANS.map(({ traceId }, n) => ({
        trace_id: traceId,
        name: "tone",
        result: { label: n >= 40 && n % 2 === 0 ? "rude" : "kind" },
      })),
    );
    const { body } = await server.get(`${path}/compare?a=${a}&b=${b}`);
    const { metrics } = contract.comparePrompts.response.parse(body);
    const metric = (key: string) => metrics.find((each) => each.key === key);
    expect(metric("eval:factuality")).toMatchObject({
      label: "factuality",
      unit: "score",
      aCount: 40,
      bCount: 40,
      test: "welch",
      better: "higher",
    });
    expect(metric("eval:factuality")?.a).toBeCloseTo(0.4975, 4);
    expect(metric("eval:factuality")?.b).toBeCloseTo(0.8, 2);
    expect(metric("eval:factuality")?.pValue).toBeLessThan(1e-6);
    expect(metric("eval:kindness")?.pValue).toBeCloseTo(1, 5);
    expect(metric("label:tone=kind")).toMatchObject({ a: 1, b: 0.5, aCount: 40, bCount: 40, test: "z" });
    expect(metric("label:tone=rude")).toMatchObject({ a: 0, b: 0.5 });
    expect(metric("label:tone=rude")?.pValue).toBeLessThan(0.001);
    const rangesOnly = await server.get(
      `${path}/compare?aFrom=2026-11-02T00:00:00Z&aTo=2026-11-03T00:00:00Z&bFrom=2026-11-06T00:00:00Z&bTo=2026-11-07T00:00:00Z`,
    );
    const days = contract.comparePrompts.response.parse(rangesOnly.body).metrics;
    expect(days.find(({ key }) => key === "eval:factuality")).toMatchObject({ aCount: 10, bCount: 10 });
  });

  it("suggests templates and versions to the filter by what people call them", async () => {
    const { b } = await ids();
    const { body } = await server.get("/api/projects/support/suggest?field=prompt_version&prefix=careful");
    expect(body["values"]).toHaveLength(2);
    expect(body["values"]).toContainEqual({
      value: b,
      label: "You are a careful support engineer for … · v2",
      count: 40,
    });
    const other = await server.get("/api/projects/support/suggest?field=prompt_version&prefix=careless");
    expect(other.body["values"]).toEqual([]);
  });

  it("puts what was summarised before its template was known right", async () => {
    const byPrompt = async () => (await ask({ measures: ["count"], by: ["prompt"] }, "late")).rows;
    await server.send("late", jsonRequest(call(0)));
    expect(await byPrompt()).toMatchObject([{ key: { prompt: "" }, filter: 'prompt:""', count: 1 }]);
    await server.send("late", jsonRequest(...Array.from({ length: 15 }, (_, n) => call(n + 1))));
    expect(await byPrompt()).toMatchObject([{ key: { prompt: expect.stringMatching(/^t/) }, count: 16 }]);
    // What comes next of the trace finds nothing old in memory.
    await server.send("late", jsonRequest({ ...call(16), traceId: call(0)["traceId"] }));
    expect(await byPrompt()).toMatchObject([{ count: 17 }]);
  });

  it("counts calls without a price, and never as $0", async () => {
    const model = (name: string) => (each: object) =>
      "key" in each && each.key === "llm.model_name" ? textAttribute("llm.model_name", name) : each;
    const calls = Array.from({ length: 16 }, (_, n) => {
      const span = call(n);
      return { ...span, attributes: (span["attributes"] as object[]).map(model("our-own")) };
    });
    await server.send("own", jsonRequest(...calls));
    const { body } = await server.get("/api/projects/own/prompts");
    expect(body["data"]).toMatchObject([{ callCount: 16, costUsd: null, unpricedCount: 16 }]);
  });

  it("says what is not there", async () => {
    const { path } = await ids();
    const codes = await Promise.all(
      [
        "/api/projects/support/prompts/t0",
        "/api/projects/nowhere/prompts",
        `${path}/compare?a=v0`,
        `${path}/versions/v0/samples`,
      ].map(async (each) => (await server.get(each)).status),
    );
    expect(codes).toEqual([404, 404, 404, 404]);
    expect((await server.get("/api/projects/support/prompts?from=yesterday")).status).toBe(400);
  });
});
