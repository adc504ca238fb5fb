import type { SpanRow } from "@nightowl/model/api/span-row";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { describe, expect, it } from "vitest";
import { createPalette } from "./palette.ts";
import { formatTraceList } from "./trace-list.ts";
import { formatTrace } from "./trace-tree.ts";

const palette = createPalette(false);
const START = 1763690584000;

const summary = (overrides: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  project: "default",
  name: "ask-docs",
  kind: "AGENT",
  rootSpanId: "aaaaaaaaaaaaaaaa",
  startTimeNs: `${START}000000`,
  endTimeNs: `${START + 3420}000000`,
  durationMs: 3420,
  running: false,
  status: "OK",
  errorCount: 0,
  spanCount: 4,
  llmCount: 1,
  inputPreview: "",
  outputPreview: "",
  errorPreview: "",
  inputTokens: 1217,
  outputTokens: 38,
  costUsd: null,
  unpricedCount: 0,
  models: [],
  serviceName: "docs",
  environment: "",
  sessionId: "s-1",
  userId: "",
  tags: [],
  sampleWeight: 1,
  ...overrides,
});

const row = (spanId: string, parentSpanId: string, overrides: Partial<SpanRow> = {}): SpanRow => ({
  spanId: spanId.repeat(16),
  ...(parentSpanId ? { parentSpanId: parentSpanId.repeat(16) } : {}),
  name: spanId,
  kind: "UNKNOWN",
  startTimeNs: `${START}000000`,
  endTimeNs: `${START + 100}000000`,
  statusCode: "UNSET",
  ...overrides,
});

const at = (ms: number): string => `${START + ms}000000`;

describe("formatTrace", () => {
  const spans = [
    row("a", "", { name: "ask-docs", kind: "AGENT", endTimeNs: at(3420) }),
    row("b", "a", { name: "search", kind: "RETRIEVER", documentCount: 4, startTimeNs: at(10) }),
    row("c", "b", { name: "vector \u001B[2Jstore", startTimeNs: at(20) }),
    row("d", "a", {
      name: "ChatCompletion",
      kind: "LLM",
      model: "gpt-4o",
      startTimeNs: at(200),
      endTimeNs: "0",
      inputTokens: 1217,
      outputTokens: 38,
      statusCode: "ERROR",
      errorType: "RateLimitError",
      statusMessage: "slow down",
    }),
  ];

  it("draws the tree with durations, tokens and errors", () => {
    expect(formatTrace({ trace: summary(), spans }, { palette, timeZone: "UTC" }).join("\n")).toBe(
      [
        "ask-docs  ok  3.42 s  4 spans  1,217 → 38 tokens  2025-11-21 02:03:04",
        "trace 0af7651916cd43dd8448eb211c80319c  project default  service docs  session s-1",
        "",
        "aaaaaaaa   3.42 s              AGENT ask-docs",
        "bbbbbbbb    90 ms              ├─ RETRIEVER search  4 documents",
        "cccccccc    80 ms              │  └─ vector ␛[2Jstore",
        "dddddddd  running  1,217 → 38  └─ LLM ChatCompletion  gpt-4o  ✗ RateLimitError: slow down",
      ].join("\n"),
    );
  });

  it("cuts lines to the terminal", () => {
    const lines = formatTrace({ trace: summary(), spans }, { palette, width: 60 }).slice(3);
    expect(lines.at(-1)).toBe("dddddddd  running  1,217 → 38  └─ LLM ChatCompletion  gpt-4…");
  });

  it("says when a parent has not arrived", () => {
    const lines = formatTrace({ trace: summary(), spans: [row("b", "a")] }, { palette });
    expect(lines.at(-1)).toContain("(its parent has not arrived)");
  });

  it("stops indenting a chain of thousands", () => {
    const id = (n: number): string => n.toString(16).padStart(16, "0");
    const chain = Array.from({ length: 5000 }, (_, n) => ({
      ...row("a", "", { startTimeNs: at(n) }),
      spanId: id(n + 1),
      ...(n > 0 ? { parentSpanId: id(n) } : {}),
    }));
    const lines = formatTrace({ trace: summary(), spans: chain }, { palette });
    expect(lines).toHaveLength(5003);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
  });

  it("colours errors red where colour is wanted", () => {
    const lines = formatTrace(
      { trace: summary({ status: "ERROR" }), spans },
      { palette: createPalette(true) },
    );
    expect(lines[0]).toContain("\u001B[31merror\u001B[39m");
    expect(lines.at(-1)).toContain("\u001B[31mChatCompletion\u001B[39m");
  });
});

describe("formatTraceList", () => {
  const traces = [
    summary(),
    summary({
      name: "a name that is rather long, and longer",
      errorCount: 2,
      inputTokens: null,
      outputTokens: null,
    }),
    summary({ status: "ERROR", running: true, spanCount: 50_000 }),
  ];

  it("aligns a table", () => {
    expect(formatTraceList(traces, { palette, timeZone: "UTC" }).join("\n")).toBe(
      [
        "TIME                 NAME                                    STATUS    LATENCY      TOKENS   SPANS  TRACE",
        "2025-11-21 02:03:04  ask-docs                                ok         3.42 s  1,217 → 38       4  0af7651916cd43dd8448eb211c80319c",
        "2025-11-21 02:03:04  a name that is rather long, and longer  2 errors   3.42 s                   4  0af7651916cd43dd8448eb211c80319c",
        "2025-11-21 02:03:04  ask-docs                                error     running  1,217 → 38  50,000  0af7651916cd43dd8448eb211c80319c",
      ].join("\n"),
    );
  });

  it("gives way in the name when the terminal is narrow", () => {
    const lines = formatTraceList(traces, { palette, timeZone: "UTC", width: 118 });
    expect(lines[2]).toContain("a name that is rather l…  2 errors");
    expect(lines.every((line) => line.length <= 118)).toBe(true);
  });
});
