import { describe, expect, it } from "vitest";
import { createPriceBook } from "../pricing/price-book.ts";
import { priceRuleSchema } from "../pricing/price.ts";
import { accountCalls } from "./account-calls.ts";
import { buildTree } from "./build-tree.ts";
import type { AccountedRow } from "./call-facts.ts";
import { summariseTree } from "./summarise-trace.ts";

const book = createPriceBook([
  {
    source: "user",
    rules: [priceRuleSchema.parse({ model: "m", usdPerMillionTokens: { input: 1, output: 10 } })],
  },
]);
const START = 1_795_220_650_000_000_000n;

function row(
  spanId: string,
  parentSpanId: string | undefined,
  fields: Partial<AccountedRow> = {},
): AccountedRow {
  return {
    spanId,
    name: spanId,
    kind: "LLM",
    startTimeNs: String(START + BigInt(Number(spanId.replace(/\D/g, "") || 0)) * 1_000_000n),
    endTimeNs: String(START + 1_000_000_000n),
    statusCode: "OK",
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    ...fields,
  };
}

/** A call of 1,000 tokens in and 100 out: $0.002 of model m. */
const call = {
  name: "chat",
  model: "m",
  inputTokens: 1000,
  outputTokens: 100,
  call: { usage: { inputTokens: 1000, outputTokens: 100 } },
};

function account(...rows: AccountedRow[]) {
  const tree = buildTree(rows);
  const { calls, usage } = accountCalls(tree, book);
  return { calls: new Map(calls.map((each) => [each.row.spanId, each])), usage, tree };
}

describe("the calls of a trace", () => {
  it("cost what their price says, a wrapper and its call once", () => {
    const { calls, usage } = account(
      row("0", undefined, { kind: "AGENT" }),
      row("1", "0", call),
      row("2", "1", call),
      row("3", "0", call),
    );
    expect(usage.costUsd).toBeCloseTo(0.004, 12);
    expect(calls.get("1")).toMatchObject({ counted: false, cost: undefined });
    expect(calls.get("2")).toMatchObject({ counted: true, cost: { source: "computed" } });
    expect(calls.has("0")).toBe(false);
  });

  it("have no cost of their own under a span that reports it", () => {
    const { calls, usage } = account(
      row("0", undefined, { kind: "AGENT", costUsd: 0.5, costSource: "reported" }),
      row("1", "0", call),
    );
    expect(usage).toMatchObject({ costUsd: 0.5, unpricedCount: 0 });
    expect(calls.get("0")).toMatchObject({ counted: true, cost: { source: "reported", costUsd: 0.5 } });
    expect(calls.get("1")).toMatchObject({ counted: true, cost: undefined });
  });

  it("that report their own cost stand beside those that are priced", () => {
    const { usage } = account(
      row("0", undefined, { kind: "AGENT", costUsd: 9, costSource: "reported" }),
      row("1", "0", { ...call, costUsd: 0.25, costSource: "reported" }),
      row("2", "0", call),
    );
    // The agent repeats what is below it.
    expect(usage.costUsd).toBeCloseTo(0.252, 12);
  });

  it("without a price are counted as such", () => {
    const { usage, tree } = account(
      row("0", undefined, { ...call, model: "unknown" }),
      row("1", undefined, { ...call }),
    );
    expect(usage).toMatchObject({ unpricedCount: 1 });
    expect(usage.costUsd).toBeCloseTo(0.002, 12);
    const summary = summariseTree(tree, { project: "p", traceId: "t" }, usage);
    expect(summary).toMatchObject({ unpricedCount: 1, costUsd: usage.costUsd });
  });

  it("that name no model are of that of the call around them", () => {
    const { model: _model, ...nameless } = call;
    const { calls, usage } = account(
      row("0", undefined, { kind: "AGENT", model: "other" }),
      row("1", "0", { model: "m", provider: "openai" }),
      row("2", "1", { kind: "CHAIN" }),
      row("3", "2", nameless),
      row("4", "0", nameless),
    );
    expect(usage).toMatchObject({ inputTokens: 2000, unpricedCount: 1 });
    expect(usage.costUsd).toBeCloseTo(0.002, 12);
    expect(calls.get("3")?.row).toMatchObject({ model: "m", provider: "openai" });
    expect(calls.get("4")?.row.model).toBeUndefined();
  });

  it("know the agent and the tools around them", () => {
    const { calls } = account(
      row("0", undefined, { kind: "AGENT", agentName: "boss" }),
      row("1", "0", { kind: "TOOL", toolName: "research" }),
      row("2", "1", { kind: "AGENT", name: "reader" }),
      row("3", "2", { kind: "TOOL", name: "summarise" }),
      row("4", "3", {
        ...call,
        call: {
          ...call.call,
          promptTokens: { tools: 0, system: 1, history: 0, documents: 3, toolResults: 0, user: 0 },
        },
      }),
    );
    expect(calls.get("4")).toMatchObject({ agentName: "reader", insideTools: ["research", "summarise"] });
    expect(calls.get("4")?.parts?.documents).toEqual({
      tokens: 750,
      costUsd: expect.closeTo(0.00075, 12) as number,
    });
  });

  it("are found in a chain of 50,000 spans as in a flat list", () => {
    const rows = Array.from({ length: 50_000 }, (_, i) =>
      row(
        `s${i}`,
        i === 0 ? undefined : `s${i - 1}`,
        i % 2 === 0 ? { kind: "TOOL", toolName: `tool ${i}` } : i === 49_999 ? call : { kind: "CHAIN" },
      ),
    );
    const { calls, usage } = account(...rows);
    expect(usage.costUsd).toBeCloseTo(0.002, 12);
    expect(calls.get("s49999")?.insideTools.length).toBe(16);
  });
});
