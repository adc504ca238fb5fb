import { setTimeout as sleep } from "node:timers/promises";
import * as contract from "@nightowl/model/api/annotations";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonRequest, jsonSpan, TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
const TRACE = "0000000000000000000000000000aa01";
const SPAN = "00000000000000a1";

beforeAll(async () => {
  await server.start();
  const span = jsonSpan({
    traceId: TRACE,
    spanId: SPAN,
    attributes: [textAttribute("session.id", "s-1"), textAttribute("openinference.span.kind", "LLM")],
  });
  await server.send("shop", jsonRequest(span));
  // Sessions are known from the summaries.
  await server.get("/api/projects/shop/traces");
});
afterAll(() => server.remove());

const call = (method: string, path: string, body?: unknown) =>
  server.get(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
const post = (path: string, ...data: object[]) => call("POST", path, { data });

interface PublicAnnotation {
  id: string;
  name: string;
  result: { label: string | null; score: number | null; explanation: string | null };
  created_at: string;
  updated_at: string;
  [key: string]: unknown;
}

async function list(path: string): Promise<PublicAnnotation[]> {
  const { status, body } = await server.get(path);
  expect(status, JSON.stringify(body)).toBe(200);
  return body["data"] as PublicAnnotation[];
}

async function ofTrace(traceId: string, project = "shop") {
  const { body } = await server.get(`/api/projects/${project}/traces/${traceId}/annotations`);
  // A trace that has not arrived has none.
  return (body["data"] ?? []) as {
    id: string;
    name: string;
    target: object;
    result: object;
    source: string;
  }[];
}

describe("annotations over the API", () => {
  it("on spans: written, listed, and replaced by the same target, name and identifier", async () => {
    const first = await post("/v1/span_annotations", {
      span_id: SPAN,
      name: "factuality",
      annotator_kind: "LLM",
      result: { label: "wrong", score: 0.1, explanation: "No such order." },
      metadata: { judge: "m-1" },
      identifier: "judge",
    });
    expect(first.status).toBe(200);
    const second = await post("/v1/span_annotations?sync=true", {
      span_id: SPAN.toUpperCase(),
      name: "factuality",
      annotator_kind: "LLM",
      result: { score: 0.9 },
      identifier: "judge",
    });
    expect(second.body).toEqual(first.body);

    const path = `/v1/projects/shop/span_annotations?span_ids=${SPAN}`;
    const response = await server.get(path);
    expect(contract.listSpanAnnotations.response.parse(response.body)).toEqual(response.body);
    const [only, ...others] = await list(path);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      id: (first.body["data"] as { id: string }[])[0]!.id,
      span_id: SPAN,
      name: "factuality",
      annotator_kind: "LLM",
      result: { label: null, score: 0.9, explanation: null },
      metadata: {},
      identifier: "judge",
      source: "API",
      user_id: null,
    });
    expect(only!.updated_at > only!.created_at).toBe(true);
  });

  it("on traces, sessions and documents, all of which the trace's page is told", async () => {
    const common = { annotator_kind: "CODE", result: { score: 1 } };
    await post("/v1/trace_annotations", { trace_id: TRACE, name: "solved", ...common });
    await post("/v1/session_annotations", { session_id: "s-1", name: "happy", ...common });
    await post("/v1/document_annotations", {
      span_id: SPAN,
      document_position: 2,
      name: "relevant",
      ...common,
    });
    expect(await list(`/v1/projects/shop/trace_annotations?trace_ids=${TRACE}`)).toMatchObject([
      { trace_id: TRACE, name: "solved" },
    ]);
    expect(await list("/v1/projects/shop/session_annotations?session_ids=s-1")).toMatchObject([
      { session_id: "s-1", name: "happy" },
    ]);
    expect(await list(`/v1/projects/shop/span_document_annotations?span_ids=${SPAN}`)).toMatchObject([
      { span_id: SPAN, document_position: 2, name: "relevant" },
    ]);
    expect((await ofTrace(TRACE)).map(({ target, name }) => ({ target, name }))).toEqual([
      { target: { kind: "span", spanId: SPAN }, name: "factuality" },
      { target: { kind: "trace", traceId: TRACE }, name: "solved" },
      { target: { kind: "session", sessionId: "s-1" }, name: "happy" },
      { target: { kind: "document", spanId: SPAN, position: 2 }, name: "relevant" },
    ]);
  });

  it("filtered by name and identifier, page by page", async () => {
    const spanId = "00000000000000b1";
    await server.send("shop", jsonRequest(jsonSpan({ traceId: TRACE, spanId })));
    const names = ["a", "b", "c", "d", "e"];
    await post(
      "/v1/span_annotations",
      ...names.map((name) => ({ span_id: spanId, name, result: { score: 1 }, identifier: `by-${name}` })),
    );
    const base = `/v1/projects/shop/span_annotations?span_ids=${spanId}`;
    const found: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await server.get(`${base}&limit=2&cursor=${cursor}`.replace(/&cursor=$/, ""));
      found.push(...(body["data"] as PublicAnnotation[]).map(({ name }) => name));
      cursor = body["next_cursor"] as string | null;
    }
    expect(found.toSorted()).toEqual(names);
    const namesOf = async (query: string) => (await list(base + query)).map(({ name }) => name).toSorted();
    expect(await namesOf("&include_annotation_names=a&include_annotation_names=b")).toEqual(["a", "b"]);
    expect(await namesOf("&exclude_annotation_names=a")).toEqual(["b", "c", "d", "e"]);
    expect(await namesOf("&identifier=by-c")).toEqual(["c"]);
  });

  it("wait for a span that has not arrived; with sync they are refused, and nothing is written", async () => {
    const traceId = "0000000000000000000000000000aa02";
    const spanId = "00000000000000a2";
    const annotation = { span_id: spanId, name: "early", result: { label: "yes" } };
    const refused = await post("/v1/span_annotations?sync=true", annotation);
    expect(refused.status).toBe(404);
    expect(refused.body).toMatchObject({ error: { message: expect.stringContaining(spanId) as string } });
    expect((await post("/v1/span_annotations", annotation)).status).toBe(200);
    expect(await ofTrace(traceId)).toEqual([]);
    await server.send("shop", jsonRequest(jsonSpan({ traceId, spanId })));
    let found: object[] = [];
    for (let attempt = 0; attempt < 100 && found.length === 0; attempt++) {
      await sleep(50);
      found = await ofTrace(traceId);
    }
    expect(found).toMatchObject([{ name: "early", result: { label: "yes" } }]);
    expect(await list(`/v1/projects/shop/span_annotations?span_ids=${spanId}`)).toHaveLength(1);
  });

  it.each([
    ["a span id that is none", { span_id: "xyz", name: "n", result: { score: 1 } }],
    ["no name", { span_id: SPAN, name: " ", result: { score: 1 } }],
    ["a score that is a text", { span_id: SPAN, name: "n", result: { score: "high" } }],
    ["an annotator of no known kind", { span_id: SPAN, name: "n", annotator_kind: "OWL", result: {} }],
  ])("refuses %s, and writes nothing of the request", async (_, bad) => {
    const good = { span_id: SPAN, name: "beside a bad one", result: { score: 1 } };
    const { status, body } = await post("/v1/span_annotations", good, bad);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: "bad_request", message: expect.stringContaining("data.1") as string },
    });
    expect((await ofTrace(TRACE)).map(({ name }) => name)).not.toContain("beside a bad one");
  });

  it("are deleted by time range and name, and not without a bound", async () => {
    const spanId = "00000000000000b2";
    await server.send("cellar", jsonRequest(jsonSpan({ traceId: TRACE, spanId })));
    for (const name of ["keep", "drop"]) {
      await post("/v1/span_annotations", { span_id: spanId, name, result: { score: 1 } });
    }
    const path = "/v1/projects/cellar/span_annotations";
    expect((await call("DELETE", `${path}?name=drop`)).status).toBe(400);
    const range = "start_time=2020-01-01T00:00:00Z&end_time=2021-01-01T00:00:00Z";
    expect((await call("DELETE", `${path}?${range}`)).body).toEqual({ deleted: 0 });
    expect((await call("DELETE", `${path}?name=drop&delete_all=true`)).body).toEqual({ deleted: 1 });
    expect((await list(`${path}?span_ids=${spanId}`)).map(({ name }) => name)).toEqual(["keep"]);
    expect((await call("DELETE", "/v1/projects/nowhere/span_annotations?delete_all=true")).status).toBe(404);
  });
});

describe("annotations by hand", () => {
  it("are written, listed by name, and deleted", async () => {
    const target = { kind: "span", spanId: SPAN };
    const written = await call("PUT", "/api/annotations", { target, name: "mine", label: "good", score: 1 });
    expect(written.body).toMatchObject({ name: "mine", annotatorKind: "HUMAN", source: "APP" });
    const { body } = await server.get("/api/projects/shop/annotation-names");
    expect((body["data"] as object[]).find((entry) => (entry as { name: string }).name === "mine")).toEqual({
      name: "mine",
      count: 1,
      documentCount: 0,
      labels: ["good"],
      minScore: 1,
      maxScore: 1,
      meanScore: 1,
    });
    const id = written.body["id"] as string;
    expect((await call("DELETE", `/api/annotations/${id}`)).body).toEqual({ deleted: 1 });
    expect((await ofTrace(TRACE)).map(({ name }) => name)).not.toContain("mine");
  });

  it("say something", async () => {
    const target = { kind: "span", spanId: SPAN };
    expect((await call("PUT", "/api/annotations", { target, name: "mine" })).status).toBe(400);
  });
});

describe("annotations that spans carry", () => {
  const traceId = "0000000000000000000000000000aa03";
  const spanId = "00000000000000a3";
  const number = (key: string, doubleValue: number) => ({ key, value: { doubleValue } });

  it("are about the span itself, its trace, its session, or the span it is linked to", async () => {
    const judged = jsonSpan({
      traceId,
      spanId,
      attributes: [
        textAttribute("session.id", "s-3"),
        textAttribute("annotations.0.annotation.name", "tone"),
        textAttribute("annotations.0.annotation.label", "polite"),
        textAttribute("annotations.0.annotation.annotator_kind", "HUMAN"),
        textAttribute("annotations.1.annotation.name", "says nothing"),
        textAttribute("trace.evaluations.0.evaluation.name", "solved"),
        number("trace.evaluations.0.evaluation.score", 0.5),
        textAttribute("session.annotations.0.annotation.name", "happy"),
        number("session.annotations.0.annotation.score", 1),
      ],
      events: [
        {
          name: "gen_ai.evaluation.result",
          timeUnixNano: "1763690000500000000",
          attributes: [
            textAttribute("gen_ai.evaluation.name", "Relevance"),
            number("gen_ai.evaluation.score.value", 4),
            textAttribute("gen_ai.evaluation.explanation", "It answers."),
          ],
        },
      ],
    });
    const judge = jsonSpan({
      traceId: "0000000000000000000000000000aa04",
      links: [{ traceId, spanId }],
      attributes: [
        textAttribute("openinference.span.kind", "EVALUATOR"),
        textAttribute("evaluations.0.evaluation.name", "factuality"),
        number("evaluations.0.evaluation.score", 0.25),
        textAttribute("evaluations.0.evaluation.metadata", '{"judge":"m-1"}'),
      ],
    });
    await server.send("shop", jsonRequest(judged, judge));
    const found = await ofTrace(traceId);
    expect(found.map(({ name }) => name).toSorted()).toEqual([
      "Relevance",
      "factuality",
      "happy",
      "solved",
      "tone",
    ]);
    expect(found.find(({ name }) => name === "factuality")).toMatchObject({
      target: { kind: "span", spanId },
      result: { score: 0.25, label: null },
      metadata: { judge: "m-1" },
      source: "OTLP",
    });
    // The same export again changes nothing.
    await server.send("shop", jsonRequest(judged, judge));
    expect(await ofTrace(traceId)).toHaveLength(5);
  });

  it("are log records too, about the span that they name", async () => {
    const record = {
      traceId: TRACE,
      spanId: SPAN,
      timeUnixNano: "1763690000500000000",
      eventName: "gen_ai.evaluation.result",
      attributes: [
        textAttribute("gen_ai.evaluation.name", "Coherence"),
        number("gen_ai.evaluation.score.value", 3),
        textAttribute("gen_ai.evaluation.score.label", "pass"),
        textAttribute("gen_ai.evaluation.explanation", "It hangs together."),
        textAttribute("gen_ai.response.id", "resp_1"),
      ],
    };
    const nobodys = { ...record, traceId: "", spanId: "" };
    const response = await fetch(`${server.url}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-project-name": "shop" },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record, nobodys] }] }] }),
    });
    expect(response.status).toBe(200);
    const found = (await ofTrace(TRACE)).filter(({ name }) => name === "Coherence");
    expect(found).toMatchObject([
      {
        target: { kind: "span", spanId: SPAN },
        result: { score: 3, label: "pass", explanation: "It hangs together." },
        metadata: { responseId: "resp_1" },
        source: "OTLP",
      },
    ]);
  });
});
