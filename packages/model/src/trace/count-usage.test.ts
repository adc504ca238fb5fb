import { describe, expect, test } from "vitest";
import type { SpanRow } from "../api/span-row.ts";
import { countUsage } from "./count-usage.ts";

/** Times in milliseconds; tokens in and out. */
function call(
  spanId: string,
  parent: string,
  [start, end]: [number, number],
  tokens: [number, number] | null,
  rest: Partial<SpanRow> = {},
): SpanRow {
  const span: SpanRow = {
    spanId,
    name: spanId,
    kind: "LLM",
    startTimeNs: `17952206503${String(start * 10_000).padStart(8, "0")}`,
    endTimeNs: `17952206503${String(end * 10_000).padStart(8, "0")}`,
    statusCode: "UNSET",
    ...rest,
  };
  if (parent !== "") span.parentSpanId = parent;
  if (tokens) [span.inputTokens, span.outputTokens] = tokens;
  return span;
}

function counted(rows: SpanRow[]): string[] {
  return [...countUsage(rows).countedSpanIds].sort();
}

describe("which spans count", () => {
  test("model calls only: an agent or chain that repeats its children's tokens does not", () => {
    const usage = countUsage([
      call("agent", "", [0, 100], [300, 30], { kind: "AGENT" }),
      call("step", "agent", [0, 50], [300, 30], { kind: "CHAIN" }),
      call("a", "step", [0, 40], [100, 10]),
      call("b", "step", [41, 50], [200, 20]),
      call("e", "agent", [60, 70], [7, 0], { kind: "EMBEDDING" }),
      call("r", "agent", [71, 72], null, { kind: "RERANKER", inputTokens: 5 }),
    ]);
    expect(usage).toMatchObject({ inputTokens: 312, outputTokens: 30, llmCount: 2 });
    expect([...usage.uncounted]).toEqual([
      ["agent", "not_a_model_call"],
      ["step", "not_a_model_call"],
    ]);
  });

  test("a call that another answer came below after it had ended", () => {
    const first = call("first", "", [0, 40], [100, 10], { responseId: "a" });
    const after = (rest: Partial<SpanRow>, start = 41) =>
      countUsage([first, call("next", "first", [start, 60], [200, 20], rest)]);
    expect(after({ responseId: "b" })).toMatchObject({ inputTokens: 300, llmCount: 2 });
    // The same answer, one that nobody named, and one that came meanwhile may be the first's own.
    expect(after({ responseId: "a" })).toMatchObject({ inputTokens: 200, llmCount: 1 });
    expect(after({})).toMatchObject({ inputTokens: 200, llmCount: 1 });
    expect(after({ responseId: "b" }, 30)).toMatchObject({ inputTokens: 200, llmCount: 1 });
  });

  test("an agent that lives elsewhere, whose usage is that of its own answer", () => {
    const remote = { kind: "AGENT", responseId: "resp_1", model: "gpt-5" } as const;
    const alone = countUsage([
      call("workflow", "", [0, 100], [30, 3], { kind: "CHAIN" }),
      call("agent", "workflow", [1, 99], [30, 3], remote),
      call("POST", "agent", [2, 98], null, { kind: "UNKNOWN" }),
    ]);
    expect(alone).toMatchObject({ inputTokens: 30, outputTokens: 3, unpricedCount: 1 });
    expect([...alone.countedSpanIds]).toEqual(["agent"]);
    expect(alone.llmCount).toBe(1);
    // With its call below, it repeats that; beside it, the two are one answer.
    const below = [
      call("agent", "", [0, 100], [30, 3], remote),
      call("chat", "agent", [1, 99], [30, 3], { responseId: "resp_1" }),
    ];
    expect(counted(below)).toEqual(["chat"]);
    expect(countUsage(below).llmCount).toBe(1);
    const silent = [call("agent", "", [0, 100], [30, 3], remote), call("chat", "agent", [1, 99], null)];
    expect(counted(silent)).toEqual([]);
    const beside = [
      call("agent", "", [0, 100], [30, 3], remote),
      call("chat", "", [1, 99], [30, 3], { responseId: "resp_1" }),
    ];
    expect(counted(beside)).toEqual(["agent"]);
    // Without an answer of its own, an agent may sum up calls of other traces.
    expect(counted([call("agent", "", [0, 100], [30, 3], { kind: "AGENT", model: "gpt-5" })])).toEqual([]);
  });

  test("an agent that says what it cost, where nothing below it has tokens", () => {
    const billed = { kind: "AGENT", costUsd: 0.02 } as const;
    const silent = countUsage([
      call("agent", "", [0, 100], [30, 3], billed),
      call("turn", "agent", [1, 50], null),
      call("turn2", "agent", [51, 99], null),
    ]);
    expect(silent).toMatchObject({ inputTokens: 30, costUsd: 0.02, unpricedCount: 0, llmCount: 2 });
    expect(countUsage([call("agent", "", [0, 100], [30, 3], billed)])).toMatchObject({
      inputTokens: 30,
      llmCount: 0,
    });
    expect(
      counted([call("agent", "", [0, 100], [30, 3], billed), call("llm", "agent", [1, 50], [9, 1])]),
    ).toEqual(["llm"]);
    const inner = [
      call("outer", "", [0, 100], [50, 5], billed),
      call("inner", "outer", [1, 50], [30, 3], { kind: "AGENT", costUsd: 0.01 }),
    ];
    expect(countUsage(inner)).toMatchObject({ inputTokens: 30, costUsd: 0.01 });
    // A chain's tokens may be those of other traces.
    expect(counted([call("chain", "", [0, 100], [30, 3], { kind: "CHAIN", costUsd: 0.02 })])).toEqual([]);
  });

  test("a model span around model spans: only the one nearest to the wire", () => {
    const usage = countUsage([
      call("sdk", "", [0, 100], [30, 3], { name: "ChatOpenAI" }),
      call("client", "sdk", [1, 99], [30, 3], { name: "openai.chat" }),
      call("retry", "client", [2, 98], [30, 3], { name: "POST" }),
    ]);
    expect([...usage.countedSpanIds]).toEqual(["retry"]);
    expect(usage).toMatchObject({ inputTokens: 30, outputTokens: 3, llmCount: 1 });
    expect(usage.uncounted.get("sdk")).toBe("wrapper");
    expect(usage.uncounted.get("client")).toBe("wrapper");
  });

  test("a call of the application, the gateway's and the model server's: once, though the server names no model", () => {
    const usage = countUsage([
      call("app", "", [0, 100], [217, 38], { model: "gpt-4o", responseId: "chatcmpl-1", costUsd: 0.01 }),
      call("POST", "app", [5, 95], null, { kind: "UNKNOWN" }),
      call("gateway", "POST", [10, 90], [217, 38], { model: "openai/gpt-4o", responseId: "gen-1" }),
      call("llm_request", "gateway", [20, 80], [217, 38], { responseId: "chatcmpl-1" }),
    ]);
    expect(usage).toMatchObject({ inputTokens: 217, outputTokens: 38, costUsd: 0.01, llmCount: 1 });
  });

  test("a model server beside the call, not below it: once, by the id of the answer", () => {
    const app = call("app", "", [0, 100], [217, 38], { model: "qwen", responseId: "chatcmpl-1" });
    const server = call("llm_request", "", [20, 80], [217, 38], { responseId: "chatcmpl-1" });
    expect(counted([app, server])).toEqual(["app"]);
  });

  test("attempts that failed report nothing; what was fallen back to counts", () => {
    const usage = countUsage([
      call("request", "", [0, 100], null, { kind: "UNKNOWN" }),
      call("first", "request", [1, 20], null, { model: "gpt-4o", statusCode: "ERROR" }),
      call("retry", "request", [21, 40], null, { model: "gpt-4o", statusCode: "ERROR" }),
      call("fallback", "request", [41, 99], [1473, 54], { model: "claude-sonnet-4", costUsd: 0.00267 }),
    ]);
    expect(usage).toMatchObject({ inputTokens: 1473, outputTokens: 54, costUsd: 0.00267 });
  });

  test("with a chain between them, too; and the sum of several steps is a wrapper as well", () => {
    const rows = [
      call("outer", "", [0, 100], [50, 5]),
      call("mid", "outer", [0, 90], null, { kind: "CHAIN" }),
      call("x", "mid", [0, 40], [20, 2]),
      call("y", "mid", [41, 90], [30, 3]),
    ];
    expect(counted(rows)).toEqual(["x", "y"]);
    expect(countUsage(rows).llmCount).toBe(2);
  });

  test("an inner span without usage leaves the outer's: it is still one call", () => {
    const usage = countUsage([call("outer", "", [0, 100], [50, 5]), call("inner", "outer", [1, 99], null)]);
    expect(usage).toMatchObject({ inputTokens: 50, outputTokens: 5, llmCount: 1 });
  });

  test("an embedding inside a model span is a call of its own", () => {
    const rows = [
      call("llm", "", [0, 9], [50, 5]),
      call("emb", "llm", [1, 2], [3, 0], { kind: "EMBEDDING" }),
    ];
    expect(counted(rows)).toEqual(["emb", "llm"]);
  });

  test("nothing reported is null, not 0; one side reported is that side", () => {
    expect(countUsage([call("a", "", [0, 1], null)])).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      unpricedCount: 0,
      llmCount: 1,
    });
    expect(countUsage([call("a", "", [0, 1], null, { inputTokens: 0 })])).toMatchObject({
      inputTokens: 0,
      outputTokens: null,
    });
  });
});

describe("the same call seen twice", () => {
  test("two instrumentations, no link between them: model, tokens and time (LangChain and the OpenAI client)", () => {
    const rows = [
      call("lc", "", [366, 417], [1302, 61], { name: "chat gpt-4o-mini", model: "gpt-4o-mini" }),
      call("oai", "", [377, 415], [1302, 61], {
        name: "chat gpt-4o-mini",
        model: "gpt-4o-mini-2024-07-18",
        responseId: "chatcmpl-1",
      }),
    ];
    const usage = countUsage(rows);
    expect(usage).toMatchObject({ inputTokens: 1302, outputTokens: 61, llmCount: 1 });
    expect(usage.uncounted.get("oai")).toBe("duplicate");
    expect(countUsage(rows.toReversed()).uncounted.get("oai")).toBe("duplicate");
  });

  test("one response id is one call, wherever its spans stand; a cached answer is billed once", () => {
    const rows = [
      call("a", "", [0, 10], [100, 10], { responseId: "r1", costUsd: 0.5 }),
      call("cached", "", [500, 501], [100, 10], { responseId: "r1", costUsd: 0.5 }),
      call("b", "", [0, 10], [100, 10], { responseId: "r2", costUsd: 0.5 }),
    ];
    expect(counted(rows)).toEqual(["a", "b"]);
    expect(countUsage(rows).costUsd).toBe(1);
  });

  test("a model that gives every answer one id made as many calls as there are counts", () => {
    const steps = [
      call("first", "", [0, 10], [217, 38], { name: "chat", responseId: "r" }),
      call("second", "", [20, 30], [302, 21], { name: "chat", responseId: "r" }),
      // What another instrumentation estimated of the first is no further call.
      call("estimate", "", [1, 9], [7, 11], { name: "openai.chat", responseId: "r" }),
    ];
    expect(counted(steps)).toEqual(["first", "second"]);
  });

  test("calls that only look alike stay two: parallel ones of one instrumentation, or one after the other", () => {
    const fanOut = [1, 2, 3].map((i) =>
      call(`c${i}`, "", [i, 100 - i], [80, 1], { name: "openai.chat", model: "m" }),
    );
    expect(counted(fanOut)).toEqual(["c1", "c2", "c3"]);
    const sequence = [
      call("x", "", [0, 10], [80, 1], { name: "a", model: "m" }),
      call("y", "", [10, 20], [80, 1], { name: "b", model: "m" }),
    ];
    expect(counted(sequence)).toEqual(["x", "y"]);
    const models = [
      call("x", "", [0, 10], [80, 1], { name: "a", model: "gpt-4o" }),
      call("y", "", [1, 9], [80, 1], { name: "b", model: "claude" }),
    ];
    expect(counted(models)).toEqual(["x", "y"]);
  });
});

test("a stream's answer told in a moment of its own, after the call's span: one call", () => {
  const rows = [
    call("a", "root", [0, 10], null, { model: "gpt-4o" }),
    call("told a", "root", [40, 40], [30, 3], { model: "gpt-4o-2024-08-06" }),
    call("b", "root", [50, 60], null, { model: "claude" }),
    call("told c", "root", [70, 70], [20, 2], { model: "gpt-4o" }),
    call("root", "", [0, 100], null, { kind: "CHAIN" }),
  ];
  const usage = countUsage(rows);
  expect(usage).toMatchObject({ inputTokens: 50, outputTokens: 5, llmCount: 3 });
  expect([...usage.answeredLater]).toEqual(["a"]);
});

describe("what real instrumentations repeat", () => {
  test("an agent, its steps and its calls all report; only the calls count", () => {
    const usage = countUsage([
      call("agent", "", [0, 100], [2519, 99], { kind: "AGENT", costUsd: 0.4 }),
      call("cycle 1", "agent", [0, 50], [1217, 38], { kind: "CHAIN" }),
      call("chat 1", "cycle 1", [0, 40], [1217, 38], { costUsd: 0.1 }),
      call("tool", "cycle 1", [41, 50], [1, 1], { kind: "TOOL" }),
      call("cycle 2", "agent", [50, 100], [1302, 61], { kind: "CHAIN" }),
      call("chat 2", "cycle 2", [51, 99], [1302, 61], { costUsd: 0.2 }),
    ]);
    expect(usage).toMatchObject({ inputTokens: 2519, outputTokens: 99, llmCount: 2 });
    expect(usage.costUsd).toBeCloseTo(0.3);
    expect([...usage.uncounted.keys()]).toEqual(["agent", "cycle 1", "tool", "cycle 2"]);
  });

  test("the provider's SDK and an instrumentation of it, one around the other, by their response id or their place", () => {
    const around = [
      call("oi", "", [0, 10], [1473, 54], { responseId: "msg_1" }),
      call("sdk", "oi", [1, 9], [1473, 54], { responseId: "msg_1" }),
    ];
    expect(counted(around)).toEqual(["sdk"]);
    const beside = around.map((row) => ({ ...row, parentSpanId: undefined }) as SpanRow);
    expect(counted(beside)).toEqual(["oi"]);
  });
});

describe("cost", () => {
  test("known costs add up; calls without a price are counted apart", () => {
    expect(
      countUsage([
        call("a", "", [0, 1], [10, 1], { costUsd: 0.25, costSource: "computed" }),
        call("b", "", [2, 3], [10, 2], { costUsd: 0.5, costSource: "reported" }),
        call("c", "", [4, 5], [10, 3], { costSource: "unpriced" }),
        call("d", "", [6, 7], [10, 4]),
      ]),
    ).toMatchObject({ costUsd: 0.75, unpricedCount: 2 });
  });

  test("an agent's own cost counts only when nothing below has one, and then prices what is below", () => {
    const below = [call("x", "agent", [1, 2], [10, 1]), call("y", "agent", [3, 4], [10, 2])];
    const agent = call("agent", "", [0, 9], null, { kind: "AGENT", costUsd: 2 });
    const alone = countUsage([agent, ...below]);
    expect(alone).toMatchObject({ costUsd: 2, unpricedCount: 0 });
    expect([...alone.costSpanIds]).toEqual(["agent"]);
    const priced = countUsage([agent, { ...below[0], costUsd: 0.5 } as SpanRow, below[1] as SpanRow]);
    expect(priced).toMatchObject({ costUsd: 0.5, unpricedCount: 1 });
  });

  test("a call whose tool embedded something keeps the cost of its own tokens", () => {
    const rows = [
      call("chat", "", [0, 9], [2519, 99], { costUsd: 0.5, costSource: "computed" }),
      call("search", "chat", [1, 3], null, { kind: "TOOL" }),
      call("embed", "search", [1, 2], [7, 0], { kind: "EMBEDDING", costUsd: 0.25, costSource: "computed" }),
    ];
    expect(countUsage(rows)).toMatchObject({ costUsd: 0.75, unpricedCount: 0 });
  });

  test("a wrapper's cost stands when the wire span has tokens but no price", () => {
    const rows = [call("sdk", "", [0, 9], [30, 3], { costUsd: 0.1 }), call("wire", "sdk", [1, 8], [30, 3])];
    expect(countUsage(rows)).toMatchObject({ costUsd: 0.1, unpricedCount: 0, inputTokens: 30 });
  });
});
