import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SpanDetail } from "@nightowl/model/api/spans";
import { TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
beforeAll(() => server.start());
afterAll(() => server.remove());

/** Claude Code's events, at so many seconds into a turn. */
function event(name: string, second: number, attributes: Record<string, string>) {
  return {
    timeUnixNano: String(1_763_690_000_000_000_000n + BigInt(second) * 1_000_000_000n),
    body: { stringValue: `claude_code.${name}` },
    attributes: Object.entries({
      "event.name": name,
      "session.id": "s1",
      "prompt.id": "p1",
      ...attributes,
    }).map(([key, value]) => textAttribute(key, value)),
  };
}

async function send(...logRecords: object[]): Promise<void> {
  const scope = { name: "com.anthropic.claude_code.events", version: "2.1.332" };
  const resource = { attributes: [textAttribute("service.name", "claude-code")] };
  const response = await fetch(`${server.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-project-name": "agents" },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({});
}

const CALL = { model: "claude-sonnet-4-5", duration_ms: "1500", cost_usd: "0.5" };

it("an agent's events become its turn, over a restart, and once however often they are sent", async () => {
  const asked = [
    event("user_prompt", 0, { prompt: "What is here?" }),
    event("api_request", 2, { ...CALL, request_id: "r1", input_tokens: "10", output_tokens: "3" }),
    event("assistant_response", 2, { request_id: "r1", response: "I look." }),
  ];
  const answered = [
    event("tool_result", 4, {
      tool_use_id: "t1",
      tool_name: "Bash",
      tool_input: '{"command":"ls"}',
      success: "false",
      error: "no such folder",
      duration_ms: "500",
      request_id: "r1",
    }),
    event("api_request", 6, { ...CALL, request_id: "r2", input_tokens: "20", output_tokens: "4" }),
    event("assistant_response", 6, { request_id: "r2", response: "Nothing." }),
  ];
  await send(...asked);
  await send(...asked);
  await server.restart();
  await send(...answered);
  await send(...asked, ...answered);
  const { body } = await server.get("/api/projects/agents/traces");
  expect(body["data"]).toHaveLength(1);
  const [trace] = body["data"] as { traceId: string }[];
  expect(trace).toMatchObject({
    name: "claude_code.interaction",
    kind: "AGENT",
    sessionId: "s1",
    serviceName: "claude-code",
    inputPreview: "What is here?",
    outputPreview: "Nothing.",
    inputTokens: 30,
    outputTokens: 7,
    costUsd: 1,
    llmCount: 2,
    spanCount: 4,
    errorCount: 1,
    durationMs: 6000,
  });
  const { body: whole } = await server.get(`/api/projects/agents/traces/${trace!.traceId}`);
  const rows = whole["spans"] as { spanId: string; name: string; parentSpanId?: string }[];
  const [root, ...below] = rows;
  expect(rows.map(({ name }) => name)).toEqual([
    "claude_code.interaction",
    "claude_code.llm_request",
    "claude_code.tool",
    "claude_code.llm_request",
  ]);
  expect(below.every(({ parentSpanId }) => parentSpanId === root!.spanId)).toBe(true);
  const detail = async (index: number) => {
    const path = `/api/projects/agents/traces/${trace!.traceId}/spans/${rows[index]!.spanId}`;
    return (await server.get(path)).body as unknown as SpanDetail;
  };
  expect((await detail(3)).outputMessages).toMatchObject([
    { role: "assistant", parts: [{ type: "text", text: "Nothing." }] },
  ]);
  expect(await detail(2)).toMatchObject({
    tool: { name: "Bash", callId: "t1", arguments: { command: "ls" } },
    error: { message: "no such folder" },
    notes: [{ code: "made_from_event" }],
  });
});

describe("records that name the span of the whole run", () => {
  const folder = new URL(
    "../../otlp/fixtures/claude-code/sdk-v0.3.332-subagent-mcp-refused/",
    import.meta.url,
  );
  const spans = readFileSync(new URL("request.json", folder), "utf8");
  const logs = readFileSync(new URL("logs.json", folder), "utf8");
  const traceId = /"traceId": ?"(\w+)"/.exec(spans)![1]!;

  const sendTo = async (project: string, path: string, body: string) => {
    const headers = { "content-type": "application/json", "x-project-name": project };
    const response = await fetch(`${server.url}/v1/${path}`, { method: "POST", headers, body });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  };

  /** As another trace than those of the other tests. */
  const ofTrace = (text: string, digit: string) => text.replaceAll(traceId, digit.repeat(32));

  const check = async (project: string, digit: string) => {
    const path = `/api/projects/${project}/traces/${digit.repeat(32)}`;
    const { body } = await server.get(path);
    const row = (spanId: string) =>
      (body["spans"] as { spanId: string }[]).find((each) => each.spanId === spanId);
    expect(row("b3abe088a5b54df9")).toMatchObject({ costUsd: 0.0026562 });
    expect(row("16ad0d4252430059")).toMatchObject({ statusCode: "ERROR" });
    const detail = async (spanId: string) => (await server.get(`${path}/spans/${spanId}`)).body;
    expect(await detail("b3abe088a5b54df9")).toMatchObject({
      outputMessages: [{ parts: [{ text: "Ich sehe nach:\nWetter, Datei, und Oslo." }, {}, {}, {}, {}] }],
    });
    expect(await detail("53b2a77251892371")).toMatchObject({ tool: { arguments: { city: "Zürich" } } });
    expect(await detail("16ad0d4252430059")).toMatchObject({ error: { type: "user_reject" } });
  };

  it("are read on the requests and tools that they tell of, when they come after these", async () => {
    await sendTo("after", "traces", ofTrace(spans, "a"));
    await server.get(`/api/projects/after/traces/${"a".repeat(32)}`);
    await sendTo("after", "logs", ofTrace(logs, "a"));
    await check("after", "a");
  });

  it("and when they come before", async () => {
    await sendTo("before", "logs", ofTrace(logs, "b"));
    await server.get("/api/projects");
    await sendTo("before", "traces", ofTrace(spans, "b"));
    await check("before", "b");
  });

  it("and over a restart", async () => {
    await sendTo("restarted", "logs", ofTrace(logs, "c"));
    await server.restart();
    await sendTo("restarted", "traces", ofTrace(spans, "c"));
    await server.restart();
    await check("restarted", "c");
  });
});
