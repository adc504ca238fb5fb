import { describe, expect, test } from "vitest";
import {
  diffPrompts,
  hasChanges,
  printTool,
  sideBySide,
  type DiffLine,
  type PromptSide,
} from "./diff-prompts.ts";

const side = (given: Partial<PromptSide>): PromptSide => ({
  messages: [],
  tools: [],
  parameters: {},
  models: [],
  ...given,
});
const question = { name: "question", shape: "line" } as const;

/** `-Answer [from memory].` with what changed in brackets and variables in braces. */
function print({ kind, pieces }: DiffLine): string {
  const sign = { same: " ", removed: "-", added: "+" }[kind];
  const text = pieces.map((piece) => {
    const own = piece.isVariable ? `{${piece.text}}` : piece.text;
    return piece.changed ? `[${own}]` : own;
  });
  return sign + text.join("");
}

describe("diffPrompts", () => {
  test("by lines, within them by words, with variables as words", () => {
    const before = side({
      messages: [
        {
          role: "system",
          pieces: [
            "Answer from what you know and from the documents.\nSay so if you cannot.\nToday is ",
            { name: "date", shape: "word" },
            ".",
          ],
        },
        { role: "user", pieces: [question] },
      ],
    });
    const after = side({
      messages: [
        {
          role: "system",
          pieces: [
            "Answer only from the documents.\nSay so if you cannot.\nNever guess.\nToday is ",
            { name: "day", shape: "word" },
            ".",
          ],
        },
        { role: "user", pieces: [question] },
      ],
    });
    const sections = diffPrompts(before, after);
    expect(sections.map(({ title, lines }) => [title, lines.map(print)])).toEqual([
      [
        "system",
        [
          "-Answer [from what you know and] from the documents.",
          "+Answer [only] from the documents.",
          " Say so if you cannot.",
          "+[Never guess.]",
          "-Today is [{date}].",
          "+Today is [{day}].",
        ],
      ],
      ["user", [" {question}"]],
    ]);
    expect(sections[0]?.lines.map(({ before: a, after: b }) => [a, b])).toEqual([
      [1, undefined],
      [undefined, 1],
      [2, 2],
      [undefined, 3],
      [3, undefined],
      [undefined, 4],
    ]);
  });

  test("tools, parameters and models are sections of their own", () => {
    const tool = (name: string, properties: object) => ({
      name,
      parameters: { properties, required: ["query"] },
      raw: {},
    });
    const before = side({
      tools: [tool("search", { query: { type: "string" } })],
      parameters: { temperature: 0.7 },
      models: ["gpt-4o"],
    });
    const after = side({
      tools: [tool("search", { query: { type: "string" }, top_k: { type: "integer", default: 4 } })],
      parameters: { temperature: 0.2, top_p: 1 },
      models: ["gpt-4o"],
    });
    expect(diffPrompts(before, after).map(({ title, lines }) => [title, lines.map(print)])).toEqual([
      ["tools", ["-search(query: string)", "+search(query: string[, top_k?: integer = 4])"]],
      ["parameters", ["-temperature [0.7]", "+temperature [0.2]", "+[top_p 1]"]],
      ["model", [" gpt-4o"]],
    ]);
  });

  test("a message that only one of them has is all added or all removed", () => {
    const one = side({ messages: [{ role: "user", pieces: ["Hello"] }] });
    const two = side({
      messages: [
        { role: "system", pieces: ["Be brief."] },
        { role: "user", pieces: ["Hello"] },
      ],
    });
    expect(diffPrompts(one, two).map(({ title, lines }) => [title, lines.map(print)])).toEqual([
      ["system", ["+[Be brief.]"]],
      ["user", [" Hello"]],
    ]);
  });

  test("equal prompts have no changes", () => {
    const one = side({ messages: [{ role: "user", pieces: ["Hello ", question] }], models: ["m"] });
    expect(hasChanges(diffPrompts(one, one))).toBe(false);
  });
});

test("lines that took another's place stand beside it", () => {
  const before = side({ messages: [{ role: "user", pieces: ["a b c d\nx\ny"] }] });
  const after = side({ messages: [{ role: "user", pieces: ["a b c e\ny\nz"] }] });
  const [section] = diffPrompts(before, after);
  expect(
    sideBySide(section?.lines ?? []).map(({ left, right }) => [left && print(left), right && print(right)]),
  ).toEqual([
    ["-a b c [d]", "+a b c [e]"],
    ["-[x]", undefined],
    [" y", " y"],
    [undefined, "+[z]"],
  ]);
});

test("a tool in lines", () => {
  expect(printTool({ name: "now", raw: {} })).toEqual(["now()"]);
  expect(
    printTool({
      name: "now",
      description: "The time.\n In UTC.",
      parameters: { properties: { zone: {} } },
      raw: {},
    }),
  ).toEqual(["now(zone?: any)", "    The time.", "    In UTC."]);
});
