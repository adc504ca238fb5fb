import { describe, expect, it } from "vitest";
import { cutText, plainLine, plainText, textWidth } from "./plain-text.ts";

describe("plainText", () => {
  it("takes the power out of control characters and direction marks, and keeps lines and tabs", () => {
    expect(plainText("a\u001B[31mred\u0007\u0000 b\tc\r\nd\re")).toBe("a␛[31mred␇␀ b\tc\nd\ne");
    expect(plainText("\u009B31m \u202Eabc\u2066 \u007F")).toBe("\uFFFD31m \uFFFDabc\uFFFD ␡");
  });

  it("mends lone surrogates and leaves text alone", () => {
    expect(plainText("\uD800x")).toBe("\uFFFDx");
    expect(plainText("Grüße, 世界 👩‍🔬")).toBe("Grüße, 世界 👩‍🔬");
  });

  it("makes one line", () => {
    expect(plainLine("  a\n\n b\t c ")).toBe("a b c");
  });
});

describe("width", () => {
  it.each([
    ["plain", 5],
    ["世界", 4],
    ["e\u0301", 1],
    ["👩‍🔬", 2],
    ["한글", 4],
    ["✗ ok", 4],
  ])("%s takes %i columns", (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it("cuts to columns, never through a character", () => {
    expect(cutText("hello", 5)).toBe("hello");
    expect(cutText("hello!", 5)).toBe("hell…");
    expect(cutText("世界世界", 4)).toBe("世…");
    expect(cutText("abc", 0)).toBe("");
  });
});
