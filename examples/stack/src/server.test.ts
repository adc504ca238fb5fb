import { rmSync } from "node:fs";
import { initTestTracing } from "@nightowl/sdk/testing";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAssistant, type Assistant } from "./assistant.ts";
import { writeDocs } from "./docs.fixture.ts";
import { createServer } from "./server.ts";

const { tracing, exporter } = initTestTracing();
const QUESTION = "When is the nest box cleaned?";
let docsRoot: string;
let assistant: Assistant;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  docsRoot = writeDocs();
  assistant = await openAssistant({ env: {}, docsRoot, pace: { firstTokenMs: 0, perTokenMs: 0 } });
  app = createServer(assistant);
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await app.close();
  await assistant.close();
  rmSync(docsRoot, { recursive: true });
});
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const traceIdOf = (response: Response): string => response.headers.get("x-trace-id") ?? "";

describe("POST /ask", () => {
  it("answers, with the trace's id in the header and the body", async () => {
    const response = await post("/ask", { question: QUESTION });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      answer: expect.stringContaining("November"),
      stopReason: "answer",
      citations: ["nest-box#cleaning"],
      usage: { inputTokens: expect.any(Number) },
      traceId: traceIdOf(response),
    });
    await tracing.flush();
    expect(exporter.span("POST /ask")).toMatchObject({
      traceId: traceIdOf(response),
      children: [{ name: "agent.run" }],
    });
  });

  it("is part of the caller's trace", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const response = await post(
      "/ask",
      { question: QUESTION },
      { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    );
    expect(traceIdOf(response)).toBe(traceId);
    await response.arrayBuffer();
  });

  it("puts user and session on every span of the run, and remembers the session", async () => {
    const headers = { "x-user-id": "ada", "x-session-id": "s-1" };
    await (await post("/ask", { question: "How often does the camera send a picture?" }, headers)).json();
    await tracing.flush();
    const run = exporter.spans().filter(({ name }) => name !== "POST /ask");
    expect(run.length).toBeGreaterThan(4);
    for (const { attributes } of run)
      expect(attributes).toMatchObject({ "user.id": "ada", "session.id": "s-1" });

    const second = await post("/ask", { question: "How long does its battery last?" }, headers);
    expect(await second.json()).toMatchObject({ answer: expect.stringContaining("three weeks") });
    await tracing.flush();
    const chats = exporter.spans().filter(({ name }) => name === "llm.chat");
    expect(chats.at(-1)?.attributes["llm.input_messages.1.message.content"]).toContain("camera");
  });

  it("streams events, and ends with the whole answer", async () => {
    const response = await post("/ask", { question: QUESTION, stream: true });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = parseEvents(await response.text());
    const texts = events.filter(({ name }) => name === "text").map(({ data }) => data["text"]);
    expect(events.filter(({ name }) => name === "tool").map(({ data }) => data["name"])).toEqual([
      "search_docs",
      "fetch_chunk",
    ]);
    expect(events.at(-1)).toMatchObject({
      name: "done",
      data: { answer: texts.join(""), stopReason: "answer", traceId: traceIdOf(response) },
    });
  });

  it("streams an error as an event, with the trace's id", async () => {
    const response = await post("/ask", { question: `${QUESTION} [[500]]`, stream: true });
    expect(response.status).toBe(200);
    expect(parseEvents(await response.text()).at(-1)).toEqual({
      name: "error",
      data: { error: { code: "model_failed", message: expect.any(String) }, traceId: traceIdOf(response) },
    });
  });

  it.each([
    ["429", 503, "model_overloaded"],
    ["500", 502, "model_failed"],
    ["cut", 502, "model_failed"],
  ])("with a model that does %s answers %d", async (fault, status, code) => {
    const response = await post("/ask", { question: `${QUESTION} [[${fault}]]` });
    expect(response.status).toBe(status);
    expect(response.headers.has("retry-after")).toBe(status === 503);
    expect(await response.json()).toEqual({
      error: { code, message: expect.any(String) },
      traceId: traceIdOf(response),
    });
  });

  it("that meets a bug in a tool answers 500 without telling it, and the trace tells all", async () => {
    const broken = await openAssistant({
      env: { STACK_FAULT: "missing-source" },
      docsRoot,
      pace: { firstTokenMs: 0, perTokenMs: 0 },
    });
    const server = createServer(broken);
    const address = await server.listen({ host: "127.0.0.1", port: 0 });
    const response = await fetch(`${address}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: QUESTION }),
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("ENOENT");
    await tracing.flush();
    const failed = exporter.spans().filter(({ status }) => status === "error");
    expect(failed.map(({ name }) => name).toSorted()).toEqual(["POST /ask", "agent.run", "tool.fetch_chunk"]);
    expect(new Set(failed.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf(response)]));
    expect(exporter.span("tool.fetch_chunk").events[0]?.attributes["exception.stacktrace"]).toContain(
      "ENOENT",
    );
    await server.close();
    await broken.close();
  });

  it("stops working for a caller who has gone", async () => {
    const controller = new AbortController();
    const hangUpOnAsk: Assistant = {
      ...assistant,
      ask(question, options) {
        const asking = assistant.ask(question, options);
        controller.abort();
        return asking;
      },
    };
    const server = createServer(hangUpOnAsk);
    const address = await server.listen({ host: "127.0.0.1", port: 0 });
    const asking = fetch(`${address}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: `${QUESTION} [[hang]]` }),
      signal: controller.signal,
    });
    await expect(asking).rejects.toThrow("abort");
    const stopReason = async (): Promise<unknown> => {
      await tracing.flush();
      return exporter.spans().find(({ name }) => name === "agent.run")?.attributes["agent.stop_reason"];
    };
    await expect.poll(stopReason, { timeout: 20_000 }).toBe("aborted");
    await server.close();
  });
});

describe("a request that cannot be read", () => {
  it.each([
    ["/ask", {}, "question"],
    ["/ask", { question: "   " }, "question"],
    ["/ask", { question: "q", temperature: 2 }, "temperature"],
    ["/ask", { question: "q", promptVersion: "v0" }, "promptVersion"],
    ["/ask", '{"question":', "JSON"],
    ["/feedback", { traceId: "123", score: 1 }, "32 hex digits"],
    ["/feedback", { traceId: "0".repeat(32), score: 2 }, "score"],
    ["/feedback", { traceId: "0".repeat(32) }, "a score, a label or a comment"],
  ])("%s %j is answered with 400 and what is wrong", async (path, body, problem) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { code: "bad_request", message: expect.stringContaining(problem) },
      traceId: traceIdOf(response),
    });
  });

  it("to nowhere is answered with 404, one without JSON with 415", async () => {
    const lost = await fetch(`${url}/nowhere`);
    expect([lost.status, traceIdOf(lost)]).toEqual([404, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect((await post("/ask", "question=x", { "content-type": "text/csv" })).status).toBe(415);
  });
});

describe("POST /feedback", () => {
  it("is recorded as an annotation of the answer's trace", async () => {
    const asked = await post("/ask", { question: QUESTION });
    await asked.json();
    await tracing.flush();
    const root = exporter.span("POST /ask");
    const response = await post(
      "/feedback",
      { traceId: traceIdOf(asked), score: 1, label: "helpful", comment: "Yes." },
      { "x-user-id": "ada" },
    );
    expect(response.status).toBe(202);
    await tracing.flush();
    expect(exporter.span("feedback.user_feedback")).toMatchObject({
      kind: "EVALUATOR",
      attributes: {
        "trace.annotations.0.annotation.name": "user_feedback",
        "trace.annotations.0.annotation.score": 1,
        "trace.annotations.0.annotation.label": "helpful",
        "trace.annotations.0.annotation.explanation": "Yes.",
        "trace.annotations.0.annotation.annotator_kind": "HUMAN",
        "trace.annotations.0.annotation.identifier": "ada",
      },
    });
    const carrier = exporter.readableSpans().find(({ name }) => name === "feedback.user_feedback");
    expect(carrier?.links.map(({ context }) => [context.traceId, context.spanId])).toEqual([
      [root.traceId, root.spanId],
    ]);
  });

  it("on an answer that nobody gave is answered with 404", async () => {
    expect((await post("/feedback", { traceId: "0".repeat(32), score: 1 })).status).toBe(404);
  });
});

it("says what it is, untraced", async () => {
  const response = await fetch(`${url}/healthz`);
  expect(await response.json()).toMatchObject({ status: "ok", model: expect.stringContaining("scripted") });
  expect(traceIdOf(response)).toBe("");
});

function parseEvents(text: string): { name: string; data: Record<string, unknown> }[] {
  return text
    .trim()
    .split("\n\n")
    .map((event) => {
      const [, name = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
      return { name, data: JSON.parse(data) as Record<string, unknown> };
    });
}
