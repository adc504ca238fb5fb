import type { SpanDetail } from "@nightowl/model/api/spans";
import { spanFixture } from "@nightowl/model/span/span.fixture";
import { describe, expect, it } from "vitest";
import { createPalette } from "./palette.ts";
import { formatTranscript } from "./transcript.ts";

const span = (overrides: Partial<SpanDetail> = {}): SpanDetail => ({
  ...spanFixture({
    name: "ChatCompletion",
    startTimeNs: "1763690584000000000",
    endTimeNs: "1763690584820000000",
    kind: "LLM",
    requestModel: "gpt-4o",
    usage: { inputTokens: 1217, outputTokens: 38 },
    serviceName: "docs",
  }),
  receivedAtNs: "1763690585000000000",
  truncated: [],
  logs: [],
  ...overrides,
});

const print = (overrides: Partial<SpanDetail>): string =>
  formatTranscript(span(overrides), { palette: createPalette(false), timeZone: "UTC" }).join("\n");

describe("formatTranscript", () => {
  it("prints the conversation as it went", () => {
    const text = print({
      inputMessages: [
        { role: "system", parts: [{ type: "text", text: "Be brief.\nBe right." }] },
        {
          role: "user",
          parts: [
            { type: "text", text: "Weather?" },
            { type: "image", url: `data:image/png;base64,${"A".repeat(5000)}` },
          ],
        },
        { role: "tool", toolCallId: "call_1", parts: [{ type: "tool_result", result: { celsius: 4 } }] },
      ],
      outputMessages: [
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "Ask again." },
            { type: "tool_call", id: "call_2", name: "weather", arguments: { city: "Bergen" } },
          ],
        },
      ],
      input: { value: "the same again", mimeType: "text/plain" },
    });
    expect(text).toBe(
      [
        "ChatCompletion  LLM  gpt-4o  820 ms  1,217 → 38 tokens  2025-11-21 02:03:04",
        "span b7ad6b7169203331  trace 0af7651916cd43dd8448eb211c80319c",
        "",
        "system",
        "  Be brief.",
        "  Be right.",
        "",
        "user",
        "  Weather?",
        `  [image] data:image/png;base64,${"A".repeat(38)}…`,
        "",
        "tool → call_1",
        '  {"celsius":4}',
        "",
        "assistant (output)",
        "  Ask again.",
        '  call weather({"city":"Bergen"}) call_2',
      ].join("\n"),
    );
  });

  it("prints input and output where there is no conversation, with escapes made visible", () => {
    const text = print({
      input: { value: "\u001B]0;title\u0007q", mimeType: "text/plain" },
      output: { value: '{"a":1}', mimeType: "application/json" },
    });
    expect(text).toContain('input\n  ␛]0;title␇q\n\noutput\n  {"a":1}');
  });

  it("prints documents with scores, errors with their stack, and notes", () => {
    const text = print({
      kind: "RETRIEVER",
      query: "owls",
      documents: [{ rank: 1, id: "d1", score: 0.82, text: "Owls fly." }, { rank: 2 }],
      statusCode: "ERROR",
      statusMessage: "failed",
      error: { type: "TimeoutError", message: "after 2 s", stacktrace: "at a\nat b" },
      notes: [{ code: "duplicate_key", message: "sent twice", attribute: "input.value" }],
    });
    expect(text).toContain("query\n  owls");
    expect(text).toContain("documents\n  1. d1  score 0.82\n     Owls fly.\n  2.\n     (no text)");
    expect(text).toContain("✗ TimeoutError: after 2 s\n  at a\n  at b");
    expect(text).toContain("notes\n  input.value: sent twice");
  });
});
