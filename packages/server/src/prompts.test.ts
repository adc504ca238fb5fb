import * as contract from "@nightowl/model/api/prompts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

beforeAll(async () => {
  await server.start();
  for (let n = 0; n < 80; n += 4)
    await server.send("support", jsonRequest(...[0, 1, 2, 3].map((i) => call(n + i))));
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
      },
    ]);
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
    expect(metric("cost")).toMatchObject({ a: null, b: null, test: null, pValue: null });
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
