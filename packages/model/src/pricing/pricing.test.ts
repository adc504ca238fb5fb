import { describe, expect, it } from "vitest";
import type { Message } from "../span/message.ts";
import { costOf } from "./cost-of.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { findDocuments } from "./find-documents.ts";
import { createPriceBook } from "./price-book.ts";
import { priceRuleSchema, sumBuckets, type PriceRule } from "./price.ts";
import { feedingTools, measurePrompt } from "./prompt-parts.ts";
import { splitPrompt } from "./split-prompt.ts";

const DAY = Date.parse("2026-11-20T00:00:00Z");

function rule(fields: Partial<PriceRule> & { model: string }): PriceRule {
  return priceRuleSchema.parse({ usdPerMillionTokens: { input: 1, output: 2 }, ...fields });
}

describe("a price book", () => {
  const book = createPriceBook([
    { source: "user", rules: [rule({ model: "llm-a", validFrom: "2026-11-21", name: "later" })] },
    {
      source: "config",
      rules: [
        rule({ model: "llm-.*", name: "any" }),
        rule({ model: "llm-a", name: "old", validFrom: "2026-01-01" }),
        rule({ model: "llm-a", name: "new", validFrom: "2026-11-01T12:00:00+02:00" }),
        rule({ model: "llm-b", name: "acme's", provider: "acme" }),
      ],
    },
  ]);
  const nameOf = (model: string, provider?: string, time = "2026-11-20"): string | undefined =>
    book.findPrice(model, provider, Date.parse(time))?.name;

  it("has for each call the price that was valid when it started", () => {
    expect(nameOf("llm-a", "acme", "2025-06-01")).toBe("any");
    expect(nameOf("llm-a", "acme", "2026-10-31")).toBe("old");
    expect(nameOf("llm-a", "acme", "2026-11-01T10:00:00Z")).toBe("new");
    expect(nameOf("LLM-A", "acme", "2026-11-22")).toBe("later");
  });

  it("matches whole names, and the provider where one is asked for", () => {
    expect(nameOf("llm-b", "acme")).toBe("acme's");
    expect(nameOf("llm-b", "other")).toBe("any");
    expect(nameOf("my-llm-b")).toBeUndefined();
  });

  it("refuses patterns that are none, prices below zero and times that are none", () => {
    for (const bad of [
      { model: "(" },
      { model: "a", usdPerCall: -1 },
      { model: "a", validFrom: "soon" },
      { model: "" },
    ]) {
      expect(priceRuleSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });
});

describe("a cost", () => {
  const book = createPriceBook([
    {
      source: "user",
      rules: [
        rule({ model: "m", usdPerMillionTokens: { input: 2, output: 6 } }),
        rule({ model: "text-only", usdPerMillionTokens: { input: 2 } }),
      ],
    },
  ]);
  const call = {
    model: "m",
    provider: undefined,
    startTimeMs: DAY,
    usage: { inputTokens: 1000, outputTokens: 1000 },
  };

  it("that the application reports wins, divided as the known price would divide it", () => {
    const cost = costOf({ ...call, reported: { source: "reported", costUsd: 0.016 } }, book);
    expect(cost).toMatchObject({ source: "reported", costUsd: 0.016, split: "price" });
    expect(cost).toMatchObject({ buckets: { input: 0.004, output: 0.012 } });
  });

  it("that is reported of an unknown model is divided by its own parts, or not at all", () => {
    const unknown = { ...call, model: "x" };
    const parts = costOf(
      { ...unknown, reported: { source: "reported", costUsd: 0.5, inputCostUsd: 0.1, outputCostUsd: 0.3 } },
      book,
    );
    expect(parts).toMatchObject({ split: "reported", buckets: { input: 0.1, output: 0.3 } });
    if (parts.source !== "unpriced") expect(sumBuckets(parts.buckets)).toBeCloseTo(0.5, 12);
    expect(costOf({ ...unknown, reported: { source: "reported", costUsd: 0.5 } }, book)).toMatchObject({
      split: "none",
      buckets: { other: 0.5 },
    });
  });

  it("is unpriced, with a reason, where a rate is missing for tokens that were used", () => {
    expect(costOf({ ...call, model: "text-only" }, book)).toMatchObject({
      source: "unpriced",
      reason: "no_rate",
    });
    expect(costOf({ ...call, model: undefined }, book)).toEqual({ source: "unpriced", reason: "no_model" });
    expect(costOf({ ...call, model: "text-only", usage: { inputTokens: 500_000 } }, book)).toMatchObject({
      costUsd: 1,
    });
  });

  it("counts audio that came from the cache once", () => {
    const usage = { inputTokens: 100, cacheReadTokens: 80, audioInputTokens: 60 };
    const cost = costOf({ ...call, usage }, book);
    if (cost.source !== "computed") throw new Error("it has a price");
    expect(cost.costUsd).toBeCloseTo(100 * 2e-6, 12);
  });
});

const text = (role: string, content: string, more: Partial<Message> = {}): Message => ({
  role,
  parts: [{ type: "text", text: content }],
  ...more,
});
const byLength = (content: string): number => content.length;

describe("the parts of a prompt", () => {
  it("are told apart by role, place and content", () => {
    const document = "Refunds are paid within fourteen days to the card that was charged.";
    const tokens = measurePrompt(
      {
        tools: [{ name: "look", raw: "12345" }],
        inputMessages: [
          text("system", `Be kind.${document}`),
          text("user", "earlier?"),
          { role: "assistant", parts: [{ type: "tool_call", id: "1", name: "look", arguments: "{}" }] },
          text("tool", "found 3", { toolCallId: "1" }),
          text("user", "and now?"),
        ],
      },
      byLength,
      [document],
    );
    expect(tokens).toEqual({
      tools: 5,
      system: 8,
      history: 8 + 7,
      documents: document.length,
      toolResults: 7,
      user: 8,
    });
  });

  it("find documents between tags, under headings, and nothing where there is nothing", () => {
    expect(findDocuments("a <context>x y</context> b", [])).toEqual({
      documents: "<context>x y</context>",
      rest: "a  b",
    });
    expect(findDocuments("Use these.\nPassages:\n[1] one\n[2] two\n\nQuestion: what?", [])).toEqual({
      documents: "\n[1] one\n[2] two\n\n",
      rest: "Use these.\nPassages:Question: what?",
    });
    expect(findDocuments("in this context: nothing", [])).toEqual({
      documents: "",
      rest: "in this context: nothing",
    });
    expect(findDocuments("<context>never closed", []).documents).toBe("");
  });

  it("know which tools brought what is new", () => {
    const call = (id: string, name: string): Message["parts"][number] => ({
      type: "tool_call",
      id,
      name,
      arguments: {},
    });
    const messages: Message[] = [
      { role: "assistant", parts: [call("1", "old")] },
      text("tool", "x", { toolCallId: "1" }),
      { role: "assistant", parts: [call("2", "weather"), call("3", "maps")] },
      text("tool", "x", { toolCallId: "2" }),
      { role: "user", parts: [{ type: "tool_result", callId: "3", result: "y" }] },
    ];
    expect(feedingTools(messages)).toEqual(["weather", "maps"]);
    expect(feedingTools([text("user", "hello")])).toEqual([]);
  });

  it("share the reported tokens, the cached ones from the front", () => {
    const measured = { tools: 10, system: 10, history: 0, documents: 20, toolResults: 0, user: 10 };
    const usage = { inputTokens: 1000, cacheReadTokens: 400 };
    const buckets = {
      input: 0.6,
      cacheRead: 0.04,
      cacheWrite: 0,
      output: 9,
      reasoning: 0,
      audioInput: 0,
      audioOutput: 0,
      other: 0,
    };
    const parts = splitPrompt(measured, usage, buckets);
    expect(parts?.tools.tokens).toBeCloseTo(200, 9);
    expect(parts?.tools.costUsd).toBeCloseTo(0.02, 9);
    expect(parts?.system.costUsd).toBeCloseTo(0.02, 9);
    expect(parts?.documents.costUsd).toBeCloseTo(0.4, 9);
    expect(parts?.user.costUsd).toBeCloseTo(0.2, 9);
    expect(splitPrompt(measured, {}, buckets)).toBeUndefined();
  });
});

it("tokens are estimated in step with the length of a text, however long it is", () => {
  const sentence = "The quick brown fox jumps over 12 lazy dogs, again and again. ";
  const one = estimateTokens(sentence);
  expect(one).toBeGreaterThan(12);
  expect(one).toBeLessThan(22);
  expect(estimateTokens(sentence.repeat(5000)) / (one * 5000)).toBeCloseTo(1, 1);
  expect(estimateTokens("")).toBe(0);
});
