import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogRecord } from "@nightowl/model/log/log-record";
import type { WireSpan } from "@nightowl/model/span/span";
import { describe, expect, test } from "vitest";
import { decodeLogsJson } from "../decode/logs-json.ts";
import { describeSpan, FIXTURES, type SpanExpectation } from "../normalise/expectations.fixture.ts";
import { normaliseSpan } from "../normalise/normalise.ts";
import { wireSpan } from "../normalise/wire-span.fixture.ts";
import { AgentMemory, readAgentEvents } from "./agent-events.ts";

const newMemory = () => new AgentMemory((text) => createHash("sha256").update(text).digest("hex"));

/** Captures of agents that sent log records alone. */
const CAPTURES = ["claude-code", "codex", "qwen-code"].flatMap((agent) =>
  readdirSync(join(FIXTURES, agent))
    .map((name) => join(agent, name))
    .filter((path) => !existsSync(join(FIXTURES, path, "request.json"))),
);

const recordsOf = (path: string) => decodeLogsJson(readFileSync(join(FIXTURES, path, "logs.json"))).records;

function read(span: WireSpan, records: readonly LogRecord[]): SpanExpectation {
  const logs = records.filter((each) => each.traceId === span.traceId && each.spanId === span.spanId);
  return describeSpan(normaliseSpan(span, { project: "p", logs }));
}

describe.each(CAPTURES)("%s", (path) => {
  const records = recordsOf(path);
  const told = readAgentEvents(records, newMemory());

  test("becomes the spans of the table, in one trace", () => {
    const table = JSON.parse(readFileSync(join(FIXTURES, path, "expected.json"), "utf8")) as {
      spans: SpanExpectation[];
    };
    expect(told.spans.map((span) => read(span, told.records))).toEqual(table.spans);
    expect(new Set(told.spans.map(({ traceId }) => traceId)).size).toBe(1);
    const [root, ...others] = told.spans;
    expect(root?.parentSpanId).toBe("");
    expect(others.every((span) => span.parentSpanId === root?.spanId)).toBe(true);
    expect(others.every((span) => BigInt(span.endTimeNs) <= BigInt(root!.endTimeNs))).toBe(true);
  });

  test("becomes the same when it comes one by one, and again", () => {
    const memory = newMemory();
    const spans = new Map<string, WireSpan>();
    for (const record of [...records, ...records])
      for (const span of readAgentEvents([record], memory).spans) spans.set(span.spanId, span);
    expect([...spans.values()]).toEqual(told.spans);
  });

  test("keeps every record, with nothing but the ids of its span", () => {
    expect(told.records).toEqual(
      records.map((record, index) => {
        const { traceId, spanId } = told.records[index]!;
        return { ...record, traceId, spanId };
      }),
    );
  });
});

function eventOf(
  event: string,
  attributes: LogRecord["attributes"],
  fields: Partial<LogRecord> = {},
): LogRecord {
  const { resource, scope } = wireSpan({});
  return {
    traceId: "",
    spanId: "",
    timeNs: "1795000000000000000",
    observedTimeNs: "0",
    severityNumber: 0,
    severityText: "",
    eventName: "",
    body: null,
    attributes: { "event.name": event, ...attributes },
    droppedAttributesCount: 0,
    flags: 0,
    resource,
    scope,
    notes: [],
    ...fields,
  };
}

describe("an agent that sends spans", () => {
  const traceId = "a".repeat(32);
  const said = { "conversation.id": "c1" };

  test("has none made, whatever its records name", () => {
    const told = readAgentEvents(
      [
        eventOf("codex.user_prompt", { ...said, prompt: "hi" }, { traceId, spanId: "b".repeat(16) }),
        eventOf("codex.sse_event", { ...said, input_token_count: 1 }),
      ],
      newMemory(),
    );
    expect(told.spans).toEqual([]);
    expect(told.records[1]).toMatchObject({ traceId: "", spanId: "" });
  });

  test("is known by its spans where its records name none", () => {
    const memory = newMemory();
    const scope = { ...wireSpan({}).scope, name: "com.anthropic.claude_code.tracing" };
    memory.markTraced([{ ...wireSpan({ "session.id": "s1" }), scope }]);
    const events = { ...scope, name: "com.anthropic.claude_code.events" };
    const asked = (session: string) => [
      eventOf("user_prompt", { "session.id": session, "prompt.id": "p" }, { scope: events }),
    ];
    expect(readAgentEvents(asked("s1"), memory).spans).toEqual([]);
    expect(readAgentEvents(asked("s2"), memory).spans).toHaveLength(1);
  });

  test("has the answer of Gemini CLI put to its request, whose span it does not name", () => {
    const records = recordsOf("gemini-cli/v0.61.0-default-agent-tool-error");
    const told = readAgentEvents(records, newMemory());
    expect(told.spans).toEqual([]);
    const answer = told.records.find(
      ({ attributes }) => attributes["event.name"] === "gemini_cli.api_response",
    );
    const request = told.records.find(
      ({ attributes }) => attributes["event.name"] === "gemini_cli.api_request",
    );
    expect(answer?.spanId).toBe(request?.spanId);
    const call = wireSpan({ "gen_ai.operation.name": "llm_call", "gen_ai.agent.name": "gemini-cli" });
    const logs = told.records.filter(({ spanId }) => spanId === request?.spanId);
    const span = describeSpan(normaliseSpan(call, { project: "p", logs }));
    expect(span).toMatchObject({
      finishReasons: ["stop"],
      responseId: "gem_fake_65",
      usage: {
        inputTokens: 1217,
        outputTokens: 38,
        totalTokens: 1255,
        cacheReadTokens: 1024,
        reasoningTokens: 16,
      },
    });
    expect(span.output).toMatchObject([
      { text: "I look at the folder first.", reasoning: "I should look at the folder.", toolCalls: [{}, {}] },
    ]);
  });
});

describe("a tool of Claude Code's that may not run", () => {
  const scope = { ...wireSpan({}).scope, name: "com.anthropic.claude_code.events" };
  const said = { "session.id": "s", "prompt.id": "p" };
  const asked = (ids: Partial<LogRecord>) => eventOf("user_prompt", said, { scope, ...ids });
  const answered = (decision: string, ids: Partial<LogRecord>) =>
    eventOf(
      "tool_decision",
      { ...said, decision, tool_name: "Bash", tool_use_id: "t1", request_id: "r1" },
      { scope, ...ids },
    );

  test("is a span all the same", () => {
    const told = readAgentEvents([asked({}), answered("accept", {}), answered("reject", {})], newMemory());
    expect(told.spans.map(({ name }) => name)).toEqual(["claude_code.interaction", "claude_code.tool"]);
  });

  test("is told of on the span of its turn, not of the question", () => {
    const traceId = "a".repeat(32);
    const turn = { traceId, spanId: "b".repeat(16) };
    const question = { traceId, spanId: "c".repeat(16) };
    const records = [asked(turn), answered("accept", question), answered("reject", question)];
    const told = readAgentEvents(records, newMemory());
    expect(told.spans).toEqual([]);
    expect(told.records.map(({ spanId }) => spanId)).toEqual([turn.spanId, question.spanId, turn.spanId]);
    expect(readAgentEvents([records[2]!], newMemory()).records[0]).toEqual(records[2]);
  });
});

test("odd values make no request fail", () => {
  const odd = [Infinity, -1, 1e308, Number.NaN, "x", "", null, [1], { a: 1 }, "9".repeat(400)];
  const keys = [
    "duration_ms",
    "request_id",
    "tool_use_id",
    "call_id",
    "success",
    "error",
    "prompt.id",
    "prompt_id",
  ];
  const scopes = ["com.anthropic.claude_code.events", "gemini-cli", ""];
  const names = ["user_prompt", "api_request", "api_response", "tool_result", "tool_call", "tool_decision"];
  const records = odd.flatMap((value) =>
    scopes.flatMap((scope) =>
      names.map((name) =>
        eventOf(
          scope === "" ? `codex.${name}` : name,
          {
            ...Object.fromEntries(keys.map((key) => [key, value])),
            "session.id": "s",
            "conversation.id": "s",
          },
          { scope: { ...wireSpan({}).scope, name: scope }, timeNs: "0" },
        ),
      ),
    ),
  );
  const told = readAgentEvents(records, newMemory());
  expect(told.records).toHaveLength(records.length);
  for (const span of told.spans) {
    expect(span.traceId).toMatch(/^[\da-f]{32}$/);
    expect(span.spanId).toMatch(/^[\da-f]{16}$/);
    expect(span.startTimeNs).toMatch(/^\d+$/);
  }
});

describe("a Gemini CLI that sends no spans", () => {
  const scope = { ...wireSpan({}).scope, name: "gemini-cli" };
  const event = (name: string, seconds: number, attributes: LogRecord["attributes"]) =>
    eventOf(
      `gemini_cli.${name}`,
      { "session.id": "s", prompt_id: "s########1", ...attributes },
      { scope, timeNs: `179500000${seconds}000000000` },
    );
  const told = readAgentEvents(
    [
      event("user_prompt", 0, { prompt: "Read a.txt" }),
      event("api_request", 1, {
        model: "gemini-2.5-pro",
        request_text: '[{"role":"user","parts":[{"text":"hi"}]}]',
      }),
      event("api_response", 3, {
        model: "gemini-2.5-pro",
        duration_ms: 1500,
        input_token_count: 10,
        output_token_count: 2,
      }),
      event("tool_call", 5, {
        function_name: "read_file",
        function_args: '{"path":"a.txt"}',
        duration_ms: 500,
        success: false,
        error: "no such file",
      }),
    ],
    newMemory(),
  );

  test("is read from its events", () => {
    expect(told.spans.map((span) => read(span, told.records))).toMatchObject([
      { name: "user_prompt", kind: "AGENT", input: [{ role: "user", text: "Read a.txt" }], sessionId: "s" },
      {
        name: "llm_call",
        kind: "LLM",
        requestModel: "gemini-2.5-pro",
        input: [{ role: "user", text: "hi" }],
        usage: { inputTokens: 10, outputTokens: 2 },
      },
      {
        name: "tool_call",
        kind: "TOOL",
        tool: { name: "read_file", arguments: { path: "a.txt" } },
        error: { message: "no such file" },
      },
    ]);
    expect(told.spans.map(({ startTimeNs, endTimeNs }) => [startTimeNs, endTimeNs])).toEqual([
      ["1795000000000000000", "1795000005000000000"],
      ["1795000001500000000", "1795000003000000000"],
      ["1795000004500000000", "1795000005000000000"],
    ]);
  });
});
