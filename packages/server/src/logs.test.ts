import { afterAll, beforeAll, expect, it } from "vitest";
import type { SpanDetail } from "@nightowl/model/api/spans";
import type { Message } from "@nightowl/model/span/message";
import { jsonRequest, jsonSpan, TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
beforeAll(() => server.start());
afterAll(() => server.remove());

let nextTrace = 1;

/** A model call without content, and what was said in it, as log records. */
function modelCall() {
  const traceId = (0xbeef_0000 + nextTrace++).toString(16).padStart(32, "0");
  const spanId = "00000000000000c1";
  const span = jsonSpan({
    traceId,
    spanId,
    name: "chat gpt-4o",
    attributes: [
      textAttribute("gen_ai.operation.name", "chat"),
      textAttribute("gen_ai.request.model", "gpt-4o"),
    ],
  });
  const said = (event: string, body: object) => ({
    traceId,
    spanId,
    timeUnixNano: "1763690000500000000",
    eventName: event,
    body: { kvlistValue: { values: Object.entries(body).map(([key, value]) => textAttribute(key, value)) } },
  });
  return { traceId, spanId, span, said };
}

async function sendLogs(project: string, ...records: object[]): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-project-name": project },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function readSpan(project: string, traceId: string, spanId: string): Promise<SpanDetail> {
  const { body } = await server.get(`/api/projects/${project}/traces/${traceId}/spans/${spanId}`);
  return body as unknown as SpanDetail;
}

async function rowOf(project: string, traceId: string): Promise<Record<string, unknown>> {
  const { body } = await server.get(`/api/projects/${project}/traces/${traceId}`);
  return (body["spans"] as Record<string, unknown>[])[0]!;
}

async function summaryOf(project: string): Promise<Record<string, unknown>> {
  const { body } = await server.get(`/api/projects/${project}/traces`);
  return (body["data"] as Record<string, unknown>[])[0]!;
}

function rolesAndTexts(messages: readonly Message[]): string[] {
  return messages.map(({ role, parts }) =>
    [role, ...parts.map((part) => (part.type === "text" ? part.text : part.type))].join(": "),
  );
}

it("what was said in log records after the span is read, shown in lists, and counted once when sent again", async () => {
  const { traceId, spanId, span, said } = modelCall();
  await server.send("after", jsonRequest(span));
  expect(await rowOf("after", traceId)).not.toHaveProperty("inputPreview");
  const records = [
    said("gen_ai.system.message", { content: "Be brief." }),
    said("gen_ai.user.message", { content: "Who is there?" }),
    said("gen_ai.user.message", { content: "ok" }),
    said("gen_ai.user.message", { content: "ok" }),
  ];
  for (let sent = 0; sent < 2; sent++) {
    expect(await sendLogs("after", ...records)).toEqual({});
    expect(await rowOf("after", traceId)).toMatchObject({ inputPreview: "ok" });
    expect(await summaryOf("after")).toMatchObject({ inputPreview: "ok", spanCount: 1 });
    const detail = await readSpan("after", traceId, spanId);
    expect(rolesAndTexts(detail.inputMessages)).toEqual([
      "system: Be brief.",
      "user: Who is there?",
      "user: ok",
      "user: ok",
    ]);
    // The span is what was sent, its log records stand beside it.
    expect(detail.events).toEqual([]);
    expect(detail.logs.map((record) => record.eventName)).toEqual([
      "gen_ai.system.message",
      ...Array.from({ length: 3 }, () => "gen_ai.user.message"),
    ]);
  }
});

it("log records wait for their span, over a restart too", async () => {
  const { traceId, spanId, span, said } = modelCall();
  await sendLogs("before", said("gen_ai.user.message", { content: "Early." }));
  await server.restart();
  await server.send("before", jsonRequest(span));
  expect(await rowOf("before", traceId)).toMatchObject({ inputPreview: "Early." });
  expect(await summaryOf("before")).toMatchObject({ inputPreview: "Early." });
  expect(rolesAndTexts((await readSpan("before", traceId, spanId)).inputMessages)).toEqual(["user: Early."]);
  // An exporter that sends the span again does not unread what was said.
  await server.send("before", jsonRequest(span));
  expect(await rowOf("before", traceId)).toMatchObject({ inputPreview: "Early." });
  const { body } = await server.get(`/v1/projects/before/spans`);
  expect((body["data"] as { attributes: object }[])[0]!.attributes).toMatchObject({
    "llm.input_messages.0.message.content": "Early.",
  });
});

it("records of no span, and plain lines, are kept", async () => {
  const { traceId, spanId, span } = modelCall();
  await server.send("lines", jsonRequest(span));
  const line = { traceId, spanId, severityText: "INFO", body: { stringValue: "a line" } };
  expect(await sendLogs("lines", { body: { stringValue: "of nothing" } }, line)).toEqual({});
  const detail = await readSpan("lines", traceId, spanId);
  expect(detail.logs.map((record) => record.body)).toEqual(["a line"]);
  expect(await rowOf("lines", traceId)).not.toHaveProperty("inputPreview");
});

it("a prompt that came in log records has its template, and one that was found before keeps it", async () => {
  const calls = Array.from({ length: 12 }, () => modelCall());
  const byPrompt = async () => {
    const { body } = await server.get("/api/projects/templated/query", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ by: ["prompt"], measures: ["count"] }),
    });
    return body["rows"];
  };
  await server.send("templated", jsonRequest(...calls.map(({ span }) => span)));
  await sendLogs(
    "templated",
    ...calls.flatMap(({ said }, n) => [
      said("gen_ai.system.message", { content: "You are a careful support engineer. Be brief and be kind." }),
      said("gen_ai.user.message", { content: `My question is number ${n}: where is order ${n * 7}?` }),
    ]),
  );
  const found = [{ key: { prompt: expect.stringMatching(/^t/) }, count: 12 }];
  expect(await byPrompt()).toMatchObject(found);
  await sendLogs("templated", ...calls.map(({ said }) => said("gen_ai.choice", { content: "On its way." })));
  expect(await byPrompt()).toMatchObject(found);
});
