import { REDACTED, type Message, type MessagePart } from "@nightowl/model/span/message";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markWords, queryWords, scoreMeaning, scoreShare } from "./transcript-documents.ts";
import { breakJsonLines, tokeniseJson } from "./transcript-json.ts";
import {
  clipText,
  CLIP_LENGTH,
  CLIP_LINES,
  foldOf,
  isStackTrace,
  jsonText,
  parseJsonText,
  plainTextOf,
  previewOf,
  unquote,
} from "./transcript-messages.ts";
import { newSince } from "./transcript-new-since.ts";
import { toolParameters, typeText } from "./transcript-tool-signature.ts";

const say = (role: string, text: string): Message => ({ role, parts: [{ type: "text", text }] });
const call = (name: string, args: unknown): MessagePart => ({ type: "tool_call", name, arguments: args });

describe("isStackTrace", () => {
  it.each([
    'Traceback (most recent call last):\n  File "/app/tool.py", line 144, in __call__\n    result = await run()',
    "Error: no net\n    at lookup (/app/tool.js:12:5)\n    at node:internal/process:95:5",
    "java.io.IOException: no net\n    at com.example.Tool.run(Tool.java:21)",
  ])("knows what a program printed when it failed: %j", (text) => expect(isStackTrace(text)).toBe(true));
  it.each(["The train leaves at 10:30", "# Report\n\nat 10:30", "14 °C, Regen"])(
    "takes no prose for it: %j",
    (text) => expect(isStackTrace(text)).toBe(false),
  );
});

describe("foldOf", () => {
  const long = "x".repeat(200);
  it("folds a system prompt and what was seen to a line", () => {
    expect(foldOf(say("system", long), false)).toBe("line");
    expect(foldOf(say("user", long), true)).toBe("line");
    expect(foldOf(say("user", "hi"), true)).toBe("line");
  });
  it("does not fold what is one short line", () => {
    expect(foldOf(say("system", "Be brief."), false)).toBe("open");
  });
  it("clips a long new message, by length or by lines", () => {
    expect(foldOf(say("user", "x".repeat(CLIP_LENGTH + 1)), false)).toBe("clip");
    expect(foldOf(say("user", "a\n".repeat(CLIP_LINES + 1)), false)).toBe("clip");
    expect(foldOf(say("user", long), false)).toBe("open");
  });
  it("clips to whole lines and whole characters", () => {
    expect(clipText("a\n".repeat(100)).split("\n")).toHaveLength(CLIP_LINES);
    const emoji = `${"x".repeat(CLIP_LENGTH - 1)}😀`;
    expect(clipText(emoji)).toBe("x".repeat(CLIP_LENGTH - 1));
  });
});

describe("previewOf", () => {
  it("is one line of everything in the message", () => {
    const message: Message = {
      role: "assistant",
      parts: [{ type: "text", text: "Let me\n  look." }, call("search_docs", { query: "django" })],
    };
    expect(previewOf(message)).toBe('Let me look. · search_docs({"query":"django"})');
  });
  it("says what documents a tool found, not their JSON", () => {
    const result = [
      { text: "SQLite is", score: 1 },
      { text: "b", score: 0 },
    ];
    expect(previewOf({ role: "tool", parts: [{ type: "tool_result", result }] })).toBe(
      "2 documents: SQLite is",
    );
  });
  it("is short, however long the message is", () => {
    expect(previewOf(say("user", "word ".repeat(100_000))).length).toBeLessThanOrEqual(300);
  });
  it("has a word for every kind of part", () => {
    const parts: MessagePart[] = [
      { type: "image", url: "data:," },
      { type: "audio" },
      { type: "file", name: "a.pdf" },
      { type: "reasoning", text: "" },
      { type: "file", mimeType: "image/*" },
      { type: "raw", value: { a: 1 } },
      { type: "raw", value: REDACTED },
      { type: "tool_result", result: { ok: true } },
      { type: "tool_result", result: null },
    ];
    expect(previewOf({ role: "user", parts })).toBe(
      '[image] · [audio] · [file a.pdf] · hidden reasoning · [image] · {"a":1} · taken out by the sender · {"ok":true} · no result',
    );
  });
});

describe("text of messages and values", () => {
  it("copies what the message says", () => {
    expect(
      plainTextOf({ role: "assistant", parts: [{ type: "text", text: "a" }, call("f", { x: 1 })] }),
    ).toBe('a\n\nf({\n  "x": 1\n})');
  });
  it("opens JSON text, and only objects and lists", () => {
    expect(parseJsonText(' {"a": 1}')).toEqual({ a: 1 });
    expect(parseJsonText("[1]")).toEqual([1]);
    expect(parseJsonText("12")).toBeUndefined();
    expect(parseJsonText("{broken")).toBeUndefined();
    expect(jsonText('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(jsonText("plain")).toBe("plain");
  });
  it("says what a JSON string says", () => {
    expect(unquote('"Done.\\nAll of it."')).toBe("Done.\nAll of it.");
    expect(unquote('"So" he said, "it is"')).toBe('"So" he said, "it is"');
    expect(unquote('"')).toBe('"');
    expect(unquote({ a: 1 })).toEqual({ a: 1 });
  });
  it("breaks the texts in JSON into their lines, below where they began", () => {
    expect(breakJsonLines(jsonText({ found: { text: "one\r\ntwo\n\tthree", count: 1 } }))).toBe(
      '{\n  "found": {\n    "text": "one\n      two\n      \tthree",\n    "count": 1\n  }\n}',
    );
  });
  it("breaks no key, and nothing that was no break", () => {
    const json = jsonText({ "a\nb": "C:\\new", c: 'say "\\n"' });
    expect(breakJsonLines(json)).toBe(json);
  });
});

describe("newSince", () => {
  const system = say("system", "You are careful.");
  const ask = say("user", "Compare them.");
  const search: Message = { role: "assistant", parts: [call("search", { a: 1, b: 2 })] };
  const found: Message = { role: "tool", parts: [{ type: "tool_result", result: '{"n":1}' }] };

  it("counts what the previous call had seen and answered", () => {
    const previous = { inputMessages: [system, ask], outputMessages: [search] };
    expect(newSince([system, ask, search, found], previous)).toEqual({
      seenCount: 3,
      systemChanged: false,
      isKept: false,
    });
  });
  it("knows the same message told otherwise", () => {
    const again: Message = {
      role: "assistant",
      name: "bot",
      finishReason: "tool_calls",
      parts: [{ type: "reasoning", text: "hm", signature: "s" }, call("search", '{"b":2,"a":1}')],
    };
    const previous = { inputMessages: [system, ask], outputMessages: [again] };
    expect(newSince([system, ask, search, found], previous)?.seenCount).toBe(3);
  });
  it("says that the system prompt changed, and still sees the rest", () => {
    const previous = { inputMessages: [say("system", "Old."), ask], outputMessages: [search] };
    expect(newSince([system, ask, search], previous)).toEqual({
      seenCount: 3,
      systemChanged: true,
      isKept: false,
    });
    expect(newSince([ask, search], previous)).toEqual({ seenCount: 2, systemChanged: true, isKept: false });
  });
  it("goes on with what the tools answered, where the provider keeps the rest", () => {
    const asked: Message = { role: "assistant", parts: [{ ...call("search", {}), id: "c1" } as MessagePart] };
    const previous = { inputMessages: [system, ask], outputMessages: [asked] };
    const answer: Message = { ...found, toolCallId: "c1" };
    expect(newSince([system, answer], previous)).toEqual({
      seenCount: 1,
      systemChanged: false,
      isKept: true,
    });
    expect(newSince([answer], previous)).toEqual({ seenCount: 0, systemChanged: false, isKept: true });
    expect(newSince([system, { ...answer, toolCallId: "c2" }], previous)).toBeUndefined();
  });
  it("is nothing for another conversation, even under the same system prompt", () => {
    const previous = { inputMessages: [system, say("user", "Something else.")], outputMessages: [] };
    expect(newSince([system, ask], previous)).toBeUndefined();
    expect(newSince([], previous)).toBeUndefined();
    expect(newSince([system], { inputMessages: [system], outputMessages: [] })).toBeUndefined();
  });
  it("stops at the first message that differs", () => {
    const previous = { inputMessages: [system, ask, say("user", "x")], outputMessages: [] };
    expect(newSince([system, ask, say("user", "y"), say("user", "x")], previous)?.seenCount).toBe(2);
  });
});

describe("tokeniseJson", () => {
  it("tells keys from strings, numbers and literals", () => {
    expect(tokeniseJson('{"a": "b", "n": -1.5e3, "t": true}').filter((t) => t.kind !== "plain")).toEqual([
      { kind: "key", text: '"a"' },
      { kind: "string", text: '"b"' },
      { kind: "key", text: '"n"' },
      { kind: "number", text: "-1.5e3" },
      { kind: "key", text: '"t"' },
      { kind: "literal", text: "true" },
    ]);
  });
  it("loses nothing of any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(
          tokeniseJson(text)
            .map((token) => token.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

describe("documents", () => {
  it("have score bars that can be compared", () => {
    expect(scoreShare(0.91, [0.91, 0.4])).toBe(0.91);
    expect(scoreShare(12, [12, 6])).toBe(1);
    expect(scoreShare(6, [12, 6])).toBe(0.5);
    expect(scoreShare(-3, [-3, 1])).toBe(0.02);
    expect(scoreShare(5, [5])).toBe(1);
  });
  it("have scores of which is said what can be known", () => {
    expect(scoreMeaning([0.9, 0.4])).toBe("scores from 0 to 1");
    expect(scoreMeaning([14.2, 9])).toBe("scores on a scale of the retriever's own");
    expect(scoreMeaning([0.2, 0.7])).toContain("lower is better");
    expect(scoreMeaning([])).toBe("no scores");
  });
  it("have the query's words marked, and nothing lost", () => {
    const words = queryWords("What is the database of Django?");
    expect(words).toEqual(["database", "django"]);
    const pieces = markWords("Django databases: metadatabase", words);
    expect(pieces.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(["Django", "database"]);
    expect(pieces.map((piece) => piece.text).join("")).toBe("Django databases: metadatabase");
  });
  it("mark any query in any text without loss", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, query) => {
        expect(
          markWords(text, queryWords(query))
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

describe("tool signatures", () => {
  it("read like code", () => {
    const schema = {
      type: "object",
      required: ["city"],
      properties: {
        city: { type: "string", description: "Where" },
        unit: { enum: ["c", "f"] },
        days: { type: ["integer", "null"] },
        at: {
          type: "array",
          items: { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
        },
        any: {},
      },
    };
    expect(toolParameters(schema).map((p) => `${p.name}${p.required ? "" : "?"}: ${p.type}`)).toEqual([
      "city: string",
      'unit?: "c" | "f"',
      "days?: integer | null",
      "at?: { x: number }[]",
      "any?: any",
    ]);
    expect(toolParameters(schema)[0]?.description).toBe("Where");
  });
  it("bear with what is no schema", () => {
    expect(toolParameters("x")).toEqual([]);
    expect(toolParameters({ properties: [] })).toEqual([]);
    expect(typeText(null)).toBe("any");
    const loop: Record<string, unknown> = { type: "array" };
    loop["items"] = loop;
    expect(typeText(loop)).toContain("…");
  });
});
