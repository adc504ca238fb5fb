import { describe, expect, it } from "vitest";
import { escapePattern, formatRate, parseRate, readPriceForm } from "./price-form.ts";

describe("a rate as it is typed", () => {
  it.each([
    ["2.5", 2.5],
    [" $0.075 ", 0.075],
    ["1.25, 2.5 > 200000", { base: 1.25, tiers: [{ rate: 2.5, above: 200_000 }] }],
    [
      "1, 2 > 128 000, 3 > 1_000_000",
      {
        base: 1,
        tiers: [
          { rate: 2, above: 128_000 },
          { rate: 3, above: 1_000_000 },
        ],
      },
    ],
    ["", undefined],
    ["cheap", null],
    ["-1", null],
    ["1, 2", null],
    ["1e3", null],
  ])("%s", (text, rate) => {
    expect(parseRate(text)).toEqual(rate);
    if (rate !== null) expect(parseRate(formatRate(rate))).toEqual(rate);
  });
});

describe("the form", () => {
  const read = (fields: Record<string, string>) => readPriceForm((name) => fields[name] ?? "");

  it("gives a rule", () => {
    expect(read({ model: "a", input: "1", output: "2", usdPerCall: "0.01", provider: " p " })).toEqual({
      rule: {
        name: "",
        model: "a",
        provider: "p",
        validFrom: "",
        usdPerMillionTokens: { input: 1, output: 2 },
        usdPerCall: 0.01,
      },
    });
  });

  it("says what is missing or wrong", () => {
    expect(read({ model: "a" })).toEqual({ problem: "Give at least one price." });
    expect(read({ input: "1" })).toEqual({ problem: "Say for which models the price is." });
    expect(read({ model: "a", cacheRead: "x" })).toMatchObject({
      problem: expect.stringContaining("Cache read") as string,
    });
  });

  it("escapes a model's name so that it matches itself", () => {
    const name = "us.acme/llm-1.5 (beta)+";
    expect(new RegExp(`^(?:${escapePattern(name)})$`).test(name)).toBe(true);
  });
});
