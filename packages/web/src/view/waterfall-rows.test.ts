import type { SpanRow } from "@nightowl/model/api/span-row";
import { buildTree } from "@nightowl/model/trace/build-tree";
import { countUsage } from "@nightowl/model/trace/count-usage";
import { describe, expect, it } from "vitest";
import {
  collapseAll,
  collapseAround,
  expandTo,
  failedNodes,
  firstSelection,
  indentOf,
  maxDepthOf,
  moveRow,
  nextNode,
  rowPositions,
  visibleRows,
} from "./waterfall-rows.ts";
import { argumentsText, matchSpans, subTextOf } from "./waterfall-sub.ts";
import { rowTotals } from "./waterfall-totals.ts";

const T0 = 1_785_000_000_000_000_000n;

function row(
  spanId: string,
  parent: string | undefined,
  startMs: number,
  more: Partial<SpanRow> = {},
): SpanRow {
  return {
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name: spanId,
    kind: "CHAIN",
    startTimeNs: String(T0 + BigInt(startMs) * 1_000_000n),
    endTimeNs: String(T0 + BigInt(startMs + 10) * 1_000_000n),
    statusCode: "UNSET",
    ...more,
  };
}

/** root → a → (a1, a2 → a2x), b */
const rows = [
  row("root", undefined, 0),
  row("a", "root", 1),
  row("a1", "a", 2, { statusCode: "ERROR" }),
  row("a2", "a", 3),
  row("a2x", "a2", 4),
  row("b", "root", 5, { statusCode: "ERROR" }),
];
const tree = buildTree(rows);
const ids = (nodes: readonly { span: SpanRow }[]) => nodes.map((node) => node.span.spanId);
const node = (id: string) => {
  const found = tree.bySpanId.get(id);
  if (!found) throw new Error(id);
  return found;
};

const pick = (root: SpanRow, rest: SpanRow[]) => firstSelection(buildTree([root, ...rest]))?.span.spanId;
const sub = (more: Partial<SpanRow>) => {
  const only = buildTree([row("x", undefined, 0, more)]).nodes[0];
  return only ? subTextOf(only) : undefined;
};

describe("visibleRows", () => {
  it("shows everything in tree order, and nothing below what is collapsed", () => {
    expect(ids(visibleRows(tree, new Set()))).toEqual(["root", "a", "a1", "a2", "a2x", "b"]);
    expect(ids(visibleRows(tree, new Set(["a"])))).toEqual(["root", "a", "b"]);
    expect(ids(visibleRows(tree, collapseAll(tree)))).toEqual(["root"]);
    expect(ids(visibleRows(tree, new Set(["unknown"])))).toHaveLength(6);
  });
  it("knows where each node stands, and which are hidden", () => {
    const shown = visibleRows(tree, new Set(["a2"]));
    expect([...rowPositions(tree, shown)]).toEqual([0, 1, 2, 3, -1, 4]);
  });
  it("collapses to the errors, with what stands around them", () => {
    const around = collapseAround(tree, failedNodes(tree));
    expect(ids(visibleRows(tree, around))).toEqual(["root", "a", "a1", "a2", "b"]);
  });
  it("opens the way to a hidden node, and leaves the set alone for a visible one", () => {
    const all = collapseAll(tree);
    expect(ids(visibleRows(tree, expandTo(all, node("a2x"))))).toContain("a2x");
    const some = new Set(["a2"]);
    expect(expandTo(some, node("a1"))).toBe(some);
  });
});

describe("firstSelection", () => {
  it("is where the first failure began, not the callers it went through", () => {
    const failed = buildTree([
      row("root", undefined, 0, { statusCode: "ERROR", endTimeNs: String(T0 + 90_000_000n) }),
      row("x", "root", 10, { statusCode: "ERROR" }),
      row("deep", "x", 12, { statusCode: "ERROR" }),
      row("later", "root", 30, { statusCode: "ERROR" }),
    ]);
    expect(firstSelection(failed)?.span.spanId).toBe("deep");
  });
  it("is the root that says something, else the last model call, else the first line", () => {
    const calls = [row("l1", "root", 1, { kind: "LLM" }), row("l2", "root", 2, { kind: "LLM" })];
    expect(pick(row("root", undefined, 0, { inputPreview: "hello" }), calls)).toBe("root");
    expect(pick(row("root", undefined, 0), calls)).toBe("l2");
    expect(pick(row("root", undefined, 0), [])).toBe("root");
    expect(firstSelection(buildTree([]))).toBeUndefined();
  });
});

describe("movement", () => {
  const shown = visibleRows(tree, new Set());
  it("stops at the ends", () => {
    expect(moveRow(shown, 0, "up", 10)?.span.spanId).toBe("root");
    expect(moveRow(shown, 5, "down", 10)?.span.spanId).toBe("b");
    expect(moveRow(shown, 1, "down", 10)?.span.spanId).toBe("a1");
    expect(moveRow(shown, 1, "pageDown", 3)?.span.spanId).toBe("a2x");
    expect(moveRow(shown, 3, "first", 3)?.span.spanId).toBe("root");
    expect(moveRow(shown, 3, "last", 3)?.span.spanId).toBe("b");
    expect(moveRow([], 0, "down", 3)).toBeUndefined();
  });
  it("goes round the errors, both ways", () => {
    const failed = failedNodes(tree);
    expect(nextNode(failed, node("root"))?.span.spanId).toBe("a1");
    expect(nextNode(failed, node("a1"))?.span.spanId).toBe("b");
    expect(nextNode(failed, node("b"))?.span.spanId).toBe("a1");
    expect(nextNode(failed, node("a1"), true)?.span.spanId).toBe("b");
    expect(nextNode([], node("a1"))).toBeUndefined();
  });
});

describe("indentOf", () => {
  it("has a full step in an ordinary tree", () => {
    expect(indentOf(3, 5, 340)).toEqual({ px: 48, stepPx: 16, capped: false });
  });
  it("never takes more than its share, however deep", () => {
    for (const maxDepth of [1, 10, 30, 31, 200, 50_000]) {
      for (const depth of [0, 1, 29, 31, 199, 49_999]) {
        if (depth <= maxDepth) expect(indentOf(depth, maxDepth, 340).px).toBeLessThanOrEqual(340 * 0.4);
      }
    }
  });
  it("says when a depth no longer shows", () => {
    expect(indentOf(200, 200, 340).capped).toBe(true);
    expect(indentOf(30, 30, 340)).toEqual({ px: 120, stepPx: 4, capped: false });
  });
  it("finds the deepest level", () => {
    expect(maxDepthOf(tree)).toBe(3);
    expect(maxDepthOf(buildTree([]))).toBe(0);
  });
});

describe("subTextOf", () => {
  it("says why a span failed, without saying it twice", () => {
    const failed = { statusCode: "ERROR" as const, errorType: "TimeoutError" };
    expect(sub({ ...failed, statusMessage: "upstream took 2 s" })).toEqual({
      text: "TimeoutError: upstream took 2 s",
      error: true,
    });
    expect(sub({ ...failed, statusMessage: "TimeoutError: slow" })?.text).toBe("TimeoutError: slow");
    expect(sub({ ...failed, statusMessage: String.raw`TimeoutError('slow\nhost')` })?.text).toBe(
      "TimeoutError: slow host",
    );
    const traced = `TimeoutError('slow')Traceback (most recent call last): File "/app/a.py", line 3`;
    expect(sub({ ...failed, statusMessage: traced })?.text).toBe("TimeoutError: slow");
    expect(sub({ ...failed, statusMessage: "gave up (after 'a' and 'b')" })?.text).toBe(
      "TimeoutError: gave up (after 'a' and 'b')",
    );
    expect(sub({ statusCode: "ERROR" })?.text).toBe("failed");
  });
  it("names the model, the arguments, the documents", () => {
    expect(sub({ kind: "LLM", model: "gpt-4o-2024-11-20" })?.text).toBe("gpt-4o");
    expect(sub({ kind: "LLM", model: "claude-3-5-sonnet-20241022" })?.text).toBe("claude-3-5-sonnet");
    expect(sub({ kind: "LLM", model: "qwen2.5-32b" })?.text).toBe("qwen2.5-32b");
    expect(sub({ kind: "TOOL", toolName: "search", inputPreview: '{"q":"django","k":4}' })?.text).toBe(
      "search · django, 4",
    );
    expect(sub({ kind: "LLM", name: "chat gpt-4o", model: "gpt-4o-2024-11-20" })?.text).toBe("");
    expect(sub({ kind: "TOOL", name: "tool.invoke", displayName: "search", toolName: "search" })?.text).toBe(
      "",
    );
    expect(sub({ kind: "AGENT", agentName: "guide", inputPreview: '{"city":"Paris"}' })?.text).toBe(
      "guide · Paris",
    );
    expect(sub({ kind: "RETRIEVER", documentCount: 4 })?.text).toBe("4 documents");
    expect(sub({ kind: "CHAIN", inputPreview: "x" })?.text).toBe("");
  });
  it("shows arguments as they are where they are no object", () => {
    expect(argumentsText('{"q":"cut')).toBe('{"q":"cut');
    expect(argumentsText("sqlite-notes")).toBe("sqlite-notes");
    expect(argumentsText(undefined)).toBe("");
  });
  it("is searched with the name and the previews", () => {
    const some = buildTree([
      row("one", undefined, 0, { outputPreview: "Use SQLite." }),
      row("two", undefined, 1, { model: "gpt-4o", displayName: "Ask Ada" }),
    ]);
    expect([...matchSpans(some.nodes, "sqlite")]).toEqual(["one"]);
    expect([...matchSpans(some.nodes, "GPT")]).toEqual(["two"]);
    expect([...matchSpans(some.nodes, "ada")]).toEqual(["two"]);
    expect(matchSpans(some.nodes, "  ").size).toBe(0);
  });
});

describe("rowTotals", () => {
  it("adds what counts up the tree, once", () => {
    const usage = buildTree([
      row("agent", undefined, 0, { kind: "AGENT", inputTokens: 999, outputTokens: 999 }),
      row("c1", "agent", 1, { kind: "LLM", inputTokens: 10, outputTokens: 5, costUsd: 0.5, model: "a" }),
      row("step", "agent", 2),
      row("c2", "step", 3, { kind: "LLM", inputTokens: 7, outputTokens: 1, model: "b" }),
      row("none", "agent", 9),
    ]);
    const totals = rowTotals(usage, countUsage(usage));
    const at = (id: string) => usage.bySpanId.get(id)?.index ?? -1;
    expect(totals.tokens[at("agent")]).toBe(23);
    expect(totals.tokens[at("step")]).toBe(8);
    expect(totals.tokens[at("none")]).toBeNaN();
    expect(totals.costUsd[at("agent")]).toBe(0.5);
    expect(totals.costUsd[at("step")]).toBeNaN();
  });
});
