import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SpanRow } from "../api/span-row.ts";
import { buildTree, findRoot } from "./build-tree.ts";
import { findCriticalPath, findTraceCriticalPath, groupSegments } from "./critical-path.ts";
import { findCallingModelCall, linkToolCalls } from "./link-tool-calls.ts";
import { compareNs, durationMs, offsetNs } from "./nanoseconds.ts";
import { findPreviousModelCall } from "./previous-model-call.ts";
import { summariseTrace } from "./summarise-trace.ts";

const BASE_NS = 1_795_220_650_366_000_000n;

/** Times in milliseconds after the base; `end` null: has not ended. */
function row(spanId: string, parent: string, start: number, end: number | null, rest: Partial<SpanRow> = {}) {
  const span: SpanRow = {
    spanId,
    name: spanId,
    kind: "CHAIN",
    startTimeNs: String(BASE_NS + BigInt(Math.round(start * 1e6))),
    endTimeNs: end === null ? "0" : String(BASE_NS + BigInt(Math.round(end * 1e6))),
    statusCode: "UNSET",
    ...rest,
  };
  if (parent !== "") span.parentSpanId = parent;
  return span;
}

const identity = { project: "shop", traceId: "0af7651916cd43dd8448eb211c80319c" };

function outline(rows: SpanRow[]): string {
  return buildTree(rows)
    .nodes.map((node) => "-".repeat(node.depth) + node.span.spanId + (node.mark ? `(${node.mark})` : ""))
    .join(" ");
}

describe("nanoseconds", () => {
  test("order and difference agree with BigInt to the last digit", () => {
    const time = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    const delta = fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n });
    fc.assert(
      fc.property(time, delta, (a, d) => {
        const b = a + d < 0n ? 0n : a + d;
        expect(Math.sign(compareNs(String(a), String(b)))).toBe(a < b ? -1 : Number(a > b));
        expect(offsetNs(String(b), String(a))).toBe(Number(b - a));
      }),
    );
  });

  test("durations keep the nanosecond", () => {
    expect(durationMs("1795220650366000001", "1795220650366000002")).toBe(0.000001);
    expect(durationMs("1795220650366000001", "0")).toBe(0);
  });
});

describe("buildTree", () => {
  test("children come by start whatever the order they arrived in", () => {
    const rows = [row("c", "a", 5, 6), row("b", "a", 1, 9), row("d", "b", 2, 3), row("a", "", 0, 10)];
    expect(outline(rows)).toBe("a -b --d -c");
    expect(outline(rows.toReversed())).toBe("a -b --d -c");
    const tree = buildTree(rows);
    expect(tree.nodes.map((node) => node.descendantCount)).toEqual([3, 1, 0, 0]);
    expect(tree.durationNs).toBe(10e6);
  });

  test("a child whose parent never arrived is a marked root, and no trace's root", () => {
    const tree = buildTree([row("x", "missing", 0, 5), row("a", "", 1, 9), row("y", "x", 2, 3)]);
    expect(tree.roots.map((node) => [node.span.spanId, node.mark])).toEqual([
      ["x", "orphan"],
      ["a", undefined],
    ]);
    expect(findRoot(tree)?.span.spanId).toBe("a");
    expect(tree.bySpanId.get("y")?.depth).toBe(1);
  });

  test("cycles and self-parents are cut at their earliest span", () => {
    expect(outline([row("a", "a", 0, 1), row("b", "a", 0, 1)])).toBe("a(self_parent) -b");
    expect(
      outline([row("a", "c", 2, 3), row("b", "a", 1, 3), row("c", "b", 3, 4), row("t", "c", 5, 6)]),
    ).toBe("b(cycle) -c --a --t");
    // The tail hangs on the cycle and is found first.
    expect(outline([row("t", "a", 0, 1), row("a", "b", 1, 2), row("b", "a", 2, 3)])).toBe("a(cycle) -t -b");
  });

  test("any parent links: every span once, no parent below its child", () => {
    const links = fc.array(fc.tuple(fc.nat(20), fc.nat(50)), { maxLength: 20 });
    fc.assert(
      fc.property(links, (items) => {
        const rows = items.map(([parent, start], i) =>
          row(`s${i}`, parent === 20 ? "" : `s${parent}`, start, start + 1),
        );
        const tree = buildTree(rows);
        expect(tree.nodes.map((node) => node.span.spanId).sort()).toEqual(
          rows.map((span) => span.spanId).sort(),
        );
        for (const node of tree.nodes) {
          expect(node.parent === undefined || node.parent.index < node.index).toBe(true);
          expect(node.parent === undefined).toBe(tree.roots.includes(node));
          expect(node.children.every((child) => child.parent === node)).toBe(true);
        }
      }),
    );
  });

  test("a span that has not ended lasts to the trace's last moment; a start of 0 does not stretch it", () => {
    const tree = buildTree([
      row("a", "", 0, null),
      row("b", "a", 3, 8),
      { ...row("z", "a", 0, 1), startTimeNs: "0", endTimeNs: "0" },
    ]);
    expect(tree.bySpanId.get("a")).toMatchObject({ running: true, startOffsetNs: 0, endOffsetNs: 8e6 });
    expect(tree.bySpanId.get("z")?.startOffsetNs).toBe(0);
    expect(tree.originNs).toBe(String(BASE_NS));
  });

  test("a span sent twice stands once, and an empty trace is empty", () => {
    expect(outline([row("a", "", 0, null), row("a", "", 0, 5)])).toBe("a");
    expect(buildTree([])).toMatchObject({ roots: [], nodes: [], originNs: "0", durationNs: 0 });
  });

  test("a chain 50,000 deep and a fan of 50,000 are built, summarised and walked", () => {
    const chain = Array.from({ length: 50_000 }, (_, i) =>
      row(`s${i}`, i === 0 ? "" : `s${i - 1}`, i / 100, 1000),
    );
    const tree = buildTree(chain.toReversed());
    expect(tree.nodes.at(-1)?.depth).toBe(49_999);
    expect(findTraceCriticalPath(tree).length).toBe(50_000);
    const fan = Array.from({ length: 50_000 }, (_, i) =>
      row(`s${i}`, i === 0 ? "" : "s0", i / 100, i / 100 + 5, {
        kind: "LLM",
        inputTokens: 1,
        outputTokens: 1,
      }),
    );
    expect(summariseTrace(fan, identity)).toMatchObject({ spanCount: 50_000, inputTokens: 49_999 });
    const ring = Array.from({ length: 50_000 }, (_, i) => row(`s${i}`, `s${(i + 1) % 50_000}`, i, i + 1));
    expect(buildTree(ring).roots.length).toBe(1);
  });
});

function pathText(rows: SpanRow[]): string {
  return findTraceCriticalPath(buildTree(rows))
    .map((part) => `${part.spanId}:${part.startOffsetNs / 1e6}-${part.endOffsetNs / 1e6}`)
    .join(" ");
}

describe("critical path", () => {
  test("what runs one after the other is all on it", () => {
    expect(pathText([row("a", "", 0, 10), row("b", "a", 1, 4), row("c", "a", 5, 9)])).toBe(
      "a:0-1 b:1-4 a:4-5 c:5-9 a:9-10",
    );
  });

  test("of what runs at once only the one that ended last, and what it waited for", () => {
    const rows = [
      row("a", "", 0, 10),
      row("fast", "a", 1, 4),
      row("slow", "a", 2, 9),
      row("before", "a", 0, 2),
    ];
    expect(pathText(rows)).toBe("before:0-2 slow:2-9 a:9-10");
  });

  test("a child that outlives its parent counts to the parent's end; background work does not", () => {
    const rows = [
      row("a", "", 0, 10),
      row("long", "a", 2, 15),
      row("inner", "long", 8, 14),
      row("late", "a", 11, 20),
    ];
    expect(pathText(rows)).toBe("a:0-2 long:2-8 inner:8-10");
  });

  test("a child whose clock is ahead of its parent is clipped to it", () => {
    const tree = buildTree([row("r", "", 0, 20), row("a", "r", 5, 10), row("b", "a", 3, 8)]);
    const segments = findCriticalPath(tree.roots[0] as never);
    expect(segments.map((s) => [s.spanId, s.startOffsetNs / 1e6, s.endOffsetNs / 1e6])).toEqual([
      ["r", 0, 5],
      ["b", 5, 8],
      ["a", 8, 10],
      ["r", 10, 20],
    ]);
    expect(groupSegments(segments).get("r")?.length).toBe(2);
  });

  test("segments always join up from the root's start to its end", () => {
    const spans = fc.array(fc.tuple(fc.nat(15), fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(spans, (items) => {
        const rows = items.map(([parent, start, length], i) =>
          row(`s${i}`, i === 0 ? "" : `s${parent % i}`, start, start + length),
        );
        const tree = buildTree(rows);
        const root = tree.bySpanId.get("s0");
        if (!root) throw new Error("no root");
        let at = root.startOffsetNs;
        for (const segment of findCriticalPath(root)) {
          expect(segment.startOffsetNs).toBe(at);
          expect(segment.endOffsetNs).toBeGreaterThan(at);
          at = segment.endOffsetNs;
        }
        expect(at).toBe(root.endOffsetNs);
      }),
    );
  });
});

describe("summariseTrace", () => {
  test("a trace is called what a person calls its root", () => {
    const named = { name: "POST /{path}", displayName: "weather-agent" };
    expect(summariseTrace([row("root", "", 0, 1, named)], identity).name).toBe("weather-agent");
    expect(summariseTrace([row("root", "", 0, 1, { name: "POST" })], identity).name).toBe("POST");
  });

  test("an agent's trace: root's words, children's session, no token twice", () => {
    const summary = summariseTrace(
      [
        row("root", "", 0, 2000.5, {
          name: "answer",
          kind: "AGENT",
          inputPreview: "how warm is it",
          outputPreview: "12 degrees",
          service: "api",
          inputTokens: 330,
          outputTokens: 50,
          sampleWeight: 4,
        }),
        row("llm1", "root", 10, 700, {
          kind: "LLM",
          model: "gpt-4o",
          inputTokens: 100,
          outputTokens: 20,
          costUsd: 0.001,
          costSource: "computed",
          sessionId: "s1",
          tags: ["beta"],
        }),
        row("tool", "root", 700, 900, { kind: "TOOL", statusCode: "ERROR", errorType: "TimeoutError" }),
        row("llm2", "root", 900, 1990, {
          kind: "LLM",
          model: "gpt-4o-mini",
          inputTokens: 230,
          outputTokens: 30,
          costSource: "unpriced",
          userId: "ann",
          tags: ["beta", "eu"],
          environment: "prod",
        }),
      ],
      identity,
    );
    expect(summary).toEqual({
      ...identity,
      name: "answer",
      kind: "AGENT",
      rootSpanId: "root",
      startTimeNs: String(BASE_NS),
      endTimeNs: String(BASE_NS + 2_000_500_000n),
      durationMs: 2000.5,
      running: false,
      status: "UNSET",
      errorCount: 1,
      spanCount: 4,
      llmCount: 2,
      inputPreview: "how warm is it",
      outputPreview: "12 degrees",
      errorPreview: "TimeoutError",
      inputTokens: 330,
      outputTokens: 50,
      costUsd: 0.001,
      unpricedCount: 1,
      models: ["gpt-4o", "gpt-4o-mini"],
      serviceName: "api",
      environment: "prod",
      sessionId: "s1",
      userId: "ann",
      tags: ["beta", "eu"],
      sampleWeight: 4,
    });
  });

  test("the deepest failure speaks, and the root's failure is the trace's", () => {
    const rows = [
      row("a", "", 0, 9, { statusCode: "ERROR", statusMessage: "request failed" }),
      row("b", "a", 1, 8, { statusCode: "ERROR", statusMessage: "chain failed: 429" }),
      row("c", "b", 2, 7, { statusCode: "ERROR", statusMessage: "429 Too Many Requests" }),
      row("d", "c", 3, 4, { statusCode: "ERROR" }),
    ];
    expect(summariseTrace(rows, identity)).toMatchObject({
      status: "ERROR",
      errorCount: 4,
      errorPreview: "429 Too Many Requests",
    });
  });

  test("before the root arrives: the earliest span's name, any failure, the model calls' previews", () => {
    const rows = [
      row("b", "a", 5, null, { kind: "CHAIN", name: "step" }),
      row("c", "b", 6, 8, {
        kind: "LLM",
        inputPreview: "first in",
        outputPreview: "first out",
        statusCode: "ERROR",
      }),
      row("d", "b", 9, 12, { kind: "LLM", inputPreview: "last in", outputPreview: "last out" }),
    ];
    expect(summariseTrace(rows, identity)).toMatchObject({
      name: "step",
      rootSpanId: null,
      running: true,
      status: "ERROR",
      durationMs: 7,
      inputPreview: "first in",
      outputPreview: "last out",
      inputTokens: null,
      costUsd: null,
      llmCount: 2,
    });
  });

  test("where models' content was not recorded, a tool's is not what the trace was asked", () => {
    const tool = row("c", "a", 2, 3, {
      kind: "TOOL",
      inputPreview: '{"city":"Bern"}',
      outputPreview: "8 °C",
    });
    const called = [row("a", "", 0, 9), row("b", "a", 1, 2, { kind: "LLM" }), tool];
    expect(summariseTrace(called, identity)).toMatchObject({ inputPreview: "", outputPreview: "" });
    expect(summariseTrace([row("a", "", 0, 9), tool], identity)).toMatchObject({
      inputPreview: '{"city":"Bern"}',
      outputPreview: "8 °C",
    });
  });

  test("a step of a failed run has not answered for it, and a model has", () => {
    const root = row("a", "", 0, 9, { statusCode: "ERROR" });
    const step = row("b", "a", 1, 2, { kind: "GUARDRAIL", inputPreview: "Hi", outputPreview: "fail" });
    expect(summariseTrace([root, step], identity)).toMatchObject({ inputPreview: "Hi", outputPreview: "" });
    const call = row("c", "a", 3, 4, { kind: "LLM", outputPreview: "Hello" });
    expect(summariseTrace([root, step, call], identity).outputPreview).toBe("Hello");
  });

  test("of several parentless spans the earliest is the root", () => {
    const rows = [row("late", "", 5, 9), row("early", "", 1, 2), row("orphan", "gone", 0, 1)];
    expect(summariseTrace(rows, identity)).toMatchObject({
      name: "early",
      rootSpanId: "early",
      durationMs: 9,
    });
  });
});

const agentRun = [
  row("agent", "", 0, 100, { kind: "AGENT" }),
  row("llm1", "agent", 1, 10, { kind: "LLM" }),
  row("weather1", "agent", 11, 15, { kind: "TOOL", toolName: "weather", toolCallId: "call_1" }),
  row("weather2", "agent", 12, 14, { kind: "TOOL", toolName: "weather" }),
  row("sub", "agent", 16, 40, { kind: "TOOL", toolName: "research" }),
  row("subagent", "sub", 17, 39, { kind: "AGENT", agentName: "researcher" }),
  row("llm2", "subagent", 18, 25, { kind: "LLM" }),
  row("llm3", "subagent", 26, 38, { kind: "LLM" }),
  row("llm4", "agent", 41, 60, { kind: "LLM" }),
  row("weather3", "agent", 61, 62, { kind: "TOOL", name: "execute_tool weather" }),
];

function previousId(rows: SpanRow[], spanId: string) {
  return findPreviousModelCall(buildTree(rows), spanId)?.span.spanId;
}

describe("findPreviousModelCall", () => {
  test("stays within the agent", () => {
    expect(previousId(agentRun, "llm1")).toBeUndefined();
    expect(previousId(agentRun, "llm2")).toBeUndefined();
    expect(previousId(agentRun, "llm3")).toBe("llm2");
    expect(previousId(agentRun, "llm4")).toBe("llm1");
    expect(previousId(agentRun, "nowhere")).toBeUndefined();
  });

  test("an agent whose every step is an agent span goes on across them", () => {
    const rows = [
      row("graph", "", 0, 100),
      row("step1", "graph", 1, 10, { kind: "AGENT", name: "agent" }),
      row("a", "step1", 2, 9, { kind: "LLM" }),
      row("other", "graph", 11, 20, { kind: "AGENT", name: "critic" }),
      row("b", "other", 12, 19, { kind: "LLM" }),
      row("step2", "graph", 21, 30, { kind: "AGENT", name: "agent" }),
      row("c", "step2", 22, 29, { kind: "LLM" }),
    ];
    expect(previousId(rows, "c")).toBe("a");
    expect(previousId(rows, "b")).toBeUndefined();
  });

  test("a wrapper around a call is not the call before it", () => {
    const rows = [
      row("w1", "", 0, 9, { kind: "LLM" }),
      row("i1", "w1", 1, 8, { kind: "LLM" }),
      row("w2", "", 10, 19, { kind: "LLM" }),
      row("i2", "w2", 11, 18, { kind: "LLM" }),
    ];
    expect(previousId(rows, "i2")).toBe("i1");
    expect(previousId(rows, "w2")).toBe("i1");
    expect(previousId(rows, "i1")).toBeUndefined();
  });

  test("of two spans of the call before, the one that tells what was said", () => {
    const told = { kind: "LLM", inputPreview: "Why?" } as const;
    const rows = [
      row("w1", "", 0, 9, told),
      row("i1", "w1", 1, 8, { kind: "LLM" }),
      row("s1", "", 2, 7, { kind: "LLM" }),
      row("w2", "", 10, 19, told),
    ];
    expect(previousId(rows, "w2")).toBe("w1");
    expect(previousId([...rows, row("silent", "", 11, 12, { kind: "LLM" })], "w2")).toBe("w1");
    expect(
      previousId([...rows, row("w3", "", 30, 31, told), row("x", "", 20, 21, { kind: "LLM" })], "w3"),
    ).toBe("x");
  });
});

function linkIds(spanId: string, calls: { id?: string; name: string }[]) {
  return linkToolCalls(buildTree(agentRun), spanId, calls).map((node) => node?.span.spanId);
}

describe("linkToolCalls", () => {
  test("by call id, else by name in order, each span once", () => {
    expect(
      linkIds("llm1", [
        { id: "call_2", name: "weather" },
        { id: "call_1", name: "weather" },
      ]),
    ).toEqual(["weather2", "weather1"]);
    expect(linkIds("llm1", [{ name: "weather" }, { name: "weather" }, { name: "weather" }])).toEqual([
      "weather1",
      "weather2",
      undefined,
    ]);
  });

  test("a later turn's tool is not this turn's, and a tool's own model calls end no turn", () => {
    expect(linkIds("llm1", [{ name: "research" }, { name: "unknown" }])).toEqual(["sub", undefined]);
    expect(linkIds("llm4", [{ id: "call_9", name: "weather" }])).toEqual(["weather3"]);
    expect(linkIds("nowhere", [{ name: "weather" }])).toEqual([undefined]);
  });
});

test("calls without ids are told apart by their arguments, then by their order", () => {
  const tool = (spanId: string, start: number, inputPreview: string) =>
    row(spanId, "agent", start, start + 1, { kind: "TOOL", name: "weather", inputPreview });
  const long = { text: "a".repeat(300) };
  const tree = buildTree([
    row("agent", "", 0, 100, { kind: "AGENT" }),
    row("llm", "agent", 1, 10, { kind: "LLM" }),
    tool("rome", 11, '{"city": "Rome"}'),
    tool("paris", 12, '{"city": "Paris"}'),
    tool("long", 13, `${JSON.stringify(long).slice(0, 199)}…`),
  ]);
  const ids = (calls: { name: string; arguments?: unknown }[]) =>
    linkToolCalls(tree, "llm", calls).map((node) => node?.span.spanId);
  const paris = { name: "weather", arguments: { city: "Paris" } };
  expect(ids([paris, { name: "weather", arguments: { city: "Rome" } }])).toEqual(["paris", "rome"]);
  expect(ids([{ name: "weather", arguments: long }])).toEqual(["long"]);
  expect(ids([{ name: "weather", arguments: { city: "Oslo" } }, paris])).toEqual(["rome", "paris"]);
});

describe("findCallingModelCall", () => {
  const callerOf = (spanId: string) => findCallingModelCall(buildTree(agentRun), spanId)?.span.spanId;

  test("the last model call of the same agent before the tool", () => {
    expect(callerOf("weather1")).toBe("llm1");
    expect(callerOf("sub")).toBe("llm1");
    expect(callerOf("weather3")).toBe("llm4");
    expect(callerOf("llm1")).toBeUndefined();
    expect(callerOf("nowhere")).toBeUndefined();
  });

  test("of a wrapper and the call in it, the call", () => {
    const tree = buildTree([
      row("outer", "", 0, 100, { kind: "LLM" }),
      row("inner", "outer", 0, 40, { kind: "LLM" }),
      row("tool", "outer", 50, 60, { kind: "TOOL" }),
    ]);
    expect(findCallingModelCall(tree, "tool")?.span.spanId).toBe("inner");
  });
});
