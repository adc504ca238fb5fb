import type { runQuery } from "@nightowl/model/api/query";
import type { z } from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonRequest, jsonSpan, TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
type Answer = z.output<typeof runQuery.response>;

/** A trace of a request with two model calls; the prompt of the second, which answers, is the version's. */
function trace(n: number, version: string) {
  const traceId = (0xdd00 + n).toString(16).padStart(32, "0");
  const root = jsonSpan({ traceId, name: "POST /ask" });
  const call = (promptVersion: string, startMs: number) =>
    jsonSpan({
      traceId,
      parentSpanId: root["spanId"],
      name: "llm.chat",
      startTimeUnixNano: String(1_763_690_000_000_000_000n + BigInt(startMs) * 1_000_000n),
      endTimeUnixNano: String(1_763_690_000_000_000_000n + BigInt(startMs + 50) * 1_000_000n),
      attributes: [
        textAttribute("openinference.span.kind", "LLM"),
        textAttribute("llm.model_name", "m"),
        textAttribute("prompt.id", "answer"),
        textAttribute("llm.prompt_template.version", promptVersion),
        { key: "llm.token_count.prompt", value: { intValue: "10" } },
      ],
    });
  return { traceId, root, search: call("search", 10), answer: call(version, 100) };
}

const OLD = [0, 1, 2, 3].map((n) => trace(n, "v1"));
const NEW = [4, 5, 6, 7].map((n) => trace(n, "v2"));

beforeAll(async () => {
  await server.start();
  await server.send(
    "shop",
    jsonRequest(...[...OLD, ...NEW].flatMap(({ root, search, answer }) => [root, search, answer])),
  );
  const annotate = (kind: string, data: object[]) =>
    server.get(`/v1/${kind}_annotations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data }),
    });
  // Of whole traces, of their roots, and of the calls themselves: each judgement counts once.
  await annotate(
    "trace",
    OLD.map(({ traceId }, n) => ({
      trace_id: traceId,
      name: "factuality",
      result: { score: n < 2 ? 0 : 0.5 },
    })),
  );
  await annotate(
    "span",
    NEW.map(({ root }) => ({ span_id: root["spanId"], name: "factuality", result: { score: 1 } })),
  );
  await annotate(
    "span",
    OLD.map(({ search }) => ({
      span_id: search["spanId"],
      name: "factuality",
      identifier: "other",
      result: { score: 0.8 },
    })),
  );
  await annotate(
    "trace",
    [...OLD, ...NEW].map(({ traceId }, n) => ({
      trace_id: traceId,
      name: "tone",
      result: { label: n % 4 === 0 ? "rude" : "kind" },
    })),
  );
});
afterAll(() => server.remove());

async function ask(body: object): Promise<Answer> {
  const answer = await server.get("/api/projects/shop/query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Answer;
}

describe("evaluations as measures", () => {
  it("say which prompt variant has the worst factuality, in one question", async () => {
    const { rows } = await ask({
      measures: ["eval:factuality", "count", "error_rate"],
      by: ["prompt_version"],
      sort: "eval:factuality",
      order: "asc",
    });
    expect(
      rows.map(({ labels, values }) => [
        labels?.["prompt_version"],
        values["eval:factuality"]?.value,
        values["eval:factuality"]?.n,
      ]),
    ).toEqual([
      ["answer · v1", 0.25, 4],
      ["answer · search", 0.8, 4],
      ["answer · v2", 1, 4],
    ]);
    const worst = rows[0]!.values["eval:factuality"]!;
    expect(worst.low!).toBeLessThan(0.25);
    expect(worst.high!).toBeGreaterThan(0.25);
    expect(rows[0]!.values["count"]!.value).toBe(4);
  });

  it("have shares of labels", async () => {
    const { rows } = await ask({ measures: ["label:tone=rude"], by: ["prompt_version"] });
    const shareOf = (version: string) =>
      rows.find(({ labels }) => labels?.["prompt_version"] === version)?.values["label:tone=rude"];
    expect(shareOf("answer · v1")).toMatchObject({ value: 0.25, n: 4 });
    expect(shareOf("answer · search")).toMatchObject({ value: null });
  });

  it("are of traces and spans too, beside other measures and dimensions", async () => {
    const traces = await ask({ of: "traces", measures: ["eval:factuality", "count"], by: ["name"] });
    // Of an old trace its own judgement and that of its search, of a new one its root's.
    expect(traces.rows[0]!.values["eval:factuality"]).toMatchObject({ n: 8 });
    expect(traces.rows[0]!.values["eval:factuality"]!.value).toBeCloseTo((2 * 0.4 + 2 * 0.65 + 4 * 1) / 8);
    const spans = await ask({ of: "spans", measures: ["eval:factuality"], by: ["span"] });
    expect(
      Object.fromEntries(spans.rows.map(({ key, values }) => [key["span"], values["eval:factuality"]?.n])),
    ).toEqual({
      "POST /ask": 4,
      "llm.chat": 4,
    });
    const attribute = await ask({ measures: ["eval:factuality"], by: ["@llm.prompt_template.version"] });
    expect(attribute.rows.length).toBeGreaterThan(0);
  });
});
