import type { Span } from "@nightowl/model/span/span";
import { spanFixture } from "@nightowl/model/span/span.fixture";
import { describe, expect, it } from "vitest";
import { cutSpan } from "./cut-span.ts";

const LIMIT = 65_536;
const base = spanFixture({ kind: "LLM" });
const long = "a".repeat(LIMIT + 1);

describe("cutSpan", () => {
  it("gives back the very span where nothing is long", () => {
    const span = { ...base, attributes: { a: "a".repeat(LIMIT) } };
    expect(cutSpan(span)).toEqual({ span, truncated: [] });
    expect(cutSpan(span).span).toBe(span);
  });

  it("cuts inside maps, lists, events and the reading, and names each", () => {
    const span: Span = {
      ...base,
      attributes: {
        nested: { list: ["short", long] },
        bytes: { "@bytes": "AAAA".repeat(LIMIT) },
        short: "s",
      },
      events: [{ name: "e", timeNs: "1", attributes: { stack: long }, droppedAttributesCount: 0 }],
      output: { value: long, mimeType: "text/plain" },
      documents: [{ rank: 1, text: long }],
      inputMessages: [{ role: "user", parts: [{ type: "text", text: "short" }] }],
    };
    const before = JSON.stringify(span);
    const { span: cut, truncated } = cutSpan(span);
    expect(truncated).toEqual(["nested", "bytes", "events", "output", "documents"]);
    expect(cut.attributes["nested"]).toEqual({ list: ["short", "a".repeat(LIMIT)] });
    expect((cut.attributes["bytes"] as { "@bytes": string })["@bytes"].length % 4).toBe(0);
    expect(cut.events[0]!.attributes["stack"]).toHaveLength(LIMIT);
    expect(cut.output).toEqual({ value: "a".repeat(LIMIT), mimeType: "text/plain" });
    expect(cut.inputMessages).toBe(span.inputMessages);
    expect(JSON.stringify(span)).toBe(before);
  });

  it("does not cut a character in half", () => {
    const text = `${"a".repeat(LIMIT - 1)}🦉🦉`;
    const { span } = cutSpan({ ...base, attributes: { text } });
    expect(span.attributes["text"]).toBe("a".repeat(LIMIT - 1));
  });

  it("leaves images of messages whole, for a cut one is none, and cuts vectors", () => {
    const url = `data:image/png;base64,${"A".repeat(LIMIT * 2)}`;
    const vector = Array.from({ length: 100_000 }, (_, i) => i / 7);
    const { span, truncated } = cutSpan({
      ...base,
      attributes: { vector },
      inputMessages: [{ role: "user", parts: [{ type: "image", url }] }],
    });
    expect(truncated).toEqual(["vector"]);
    expect(span.inputMessages[0]!.parts[0]).toEqual({ type: "image", url });
    expect(span.attributes["vector"]).toEqual(vector.slice(0, 4096));
  });
});
