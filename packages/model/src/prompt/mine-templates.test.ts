import { describe, expect, test } from "vitest";
import { MAX_KEPT_CHARS } from "./known-wordings.ts";
import { TemplateMiner } from "./mine-templates.ts";
import { markRole, patternMessages, printPattern, titleOf } from "./pattern.ts";
import { labelledCalls, shuffle, type LabelledCall } from "./testing/labelled-calls.ts";
import { mineCalls, type MiningResult } from "./testing/mine-calls.ts";

/** Several draws, so that none of them is a lucky one. */
const DRAWS = [1, 2, 3].map((seed) => labelledCalls(seed, undefined, undefined, 80));

describe("templates of labelled prompts", () => {
  test.each([
    ["in order of time", (calls: LabelledCall[]) => calls],
    ["the latest first", (calls: LabelledCall[]) => [...calls].reverse()],
    ["in another order", (calls: LabelledCall[]) => shuffle(calls, 7)],
  ] as const)("are found %s", (_, inOrder) => {
    const results = DRAWS.map((calls) => mineCalls(inOrder(calls)));
    for (const figure of ["templateAccuracy", "versionAccuracy", "versionsFound"] as const) {
      const values = results.map((result) => result[figure]);
      expect(values.reduce((a, b) => a + b) / values.length, figure).toBeGreaterThan(0.95);
      expect(Math.min(...values), figure).toBeGreaterThan(0.9);
    }
  });

  test.each(DRAWS.map((calls, i) => [i + 1, calls] as const))(
    "keep their ids over a restart in the middle (%i)",
    (_, calls) => {
      const half = Math.floor(calls.length / 2);
      const [before, after] = [calls.slice(0, half), calls.slice(half)];
      const first = mineCalls(before);
      const restarted = new TemplateMiner({ scope: "test" });
      restarted.restore(structuredClone([...first.miner.wordings()]));
      const second = mineCalls(after, restarted);
      const known = idsOf(before, first);
      const later = after.map(({ template }, i) => ({
        known: known.get(template),
        id: second.templateOf[i],
      }));
      const ofKnown = later.filter((call) => call.known !== undefined);
      const kept = ofKnown.filter((call) => call.known?.has(call.id as string));
      expect(kept.length / ofKnown.length).toBeGreaterThan(0.98);
      expect(second.templateAccuracy).toBeGreaterThan(0.95);
    },
  );
});

/** The ids of what was found, by the template that the calls were made from. */
function idsOf(calls: readonly LabelledCall[], { templateOf }: MiningResult): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const [i, { template }] of calls.entries()) {
    const id = templateOf[i] as string;
    if (!id.startsWith("none")) ids.set(template, (ids.get(template) ?? new Set()).add(id));
  }
  return ids;
}

const support = (product: string, question: string, rule = "Answer from the documents.") =>
  markRole("system", `You are a careful support engineer for ${product}.\n${rule}\nBe brief and be kind.`) +
  markRole("user", question);
const QUESTIONS = [
  "How do I reset my password?",
  "Where is the invoice for March?",
  "Can two people share a seat",
  "Why was I charged twice for one plan?",
  "My export hangs at ninety per cent. What now?",
  "Is there a way to undo a merge of accounts?",
  "When does the trial end?",
  "Who can see the notes of a closed project?",
];
const PRODUCTS = ["Atlas", "Beacon", "Kiln"];

function mined(rule?: string, miner = new TemplateMiner({ scope: "test" }), fromMs = 0) {
  for (let i = 0; i < 24; i++) {
    const question = `${QUESTIONS[i % 8]} ${QUESTIONS[(i * 5 + (i >> 3) * 3) % 8]}`;
    const text = support(PRODUCTS[i % 3] as string, question, rule);
    miner.assign(text, fromMs + i * 1000);
  }
  return miner;
}

test("prompts that differ in what was filled in are one wording with named variables", () => {
  const wordings = [...mined().wordings()];
  expect(wordings).toHaveLength(1);
  expect(wordings[0]).toMatchObject({ count: 24, firstMs: 0, lastMs: 23_000, trusted: true });
  expect(printPattern(wordings[0]?.pattern ?? [])).toBe(
    "system:\nYou are a careful support engineer for {value}.\nAnswer from the documents.\nBe brief and be kind.\n\n" +
      "user:\n{question}",
  );
});

test("a changed sentence is a new wording of the same template", () => {
  const miner = mined("Answer only from the documents, and cite each.", mined(), 100_000);
  const wordings = [...miner.wordings()];
  expect(new Set(wordings.map(({ templateId }) => templateId)).size).toBe(1);
  expect(wordings.map(({ count }) => count)).toEqual([24, 24]);
});

test("what is like nothing else has no template, and a text that comes often has one", () => {
  const miner = new TemplateMiner({ scope: "test" });
  const once = QUESTIONS.map((question, i) => miner.assign(markRole("user", question), i)?.templateId);
  expect(once.every((id) => id === undefined)).toBe(true);
  const text = markRole("system", "Reply with the capital of the country and with nothing else.");
  const often = Array.from({ length: 5 }, (_, i) => miner.assign(text, 100 + i)?.templateId);
  expect(often.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(often[4]).toMatch(/^t[0-9a-f]{16}$/);
});

test("values are read back, and a value never reaches into another message", () => {
  const miner = mined();
  expect(miner.find(support("Kiln", "What is new?"))?.values).toEqual(["Kiln", "What is new?"]);
  expect(miner.find(support("Kiln", "x") + markRole("user", "y"))).toBeUndefined();
});

/** The pattern that most of the texts follow. */
function patternOf(texts: readonly string[]): string {
  const miner = new TemplateMiner({ scope: "test" });
  for (const [i, text] of texts.entries()) miner.assign(text, i * 1000);
  const [most] = [...miner.wordings()].sort((a, b) => b.count - a.count);
  return printPattern(most?.pattern ?? []);
}

test("a mark that values end with is theirs", () => {
  const statements = QUESTIONS.map((question) => question.replace(/\??$/, "."));
  const texts = statements.map((statement, i) =>
    markRole(
      "user",
      `Shorten this text to a few words:\n\n${statement} ${statements[(i + 3) % 8]}\n\nShort text:`,
    ),
  );
  expect(patternOf(texts)).toContain("Shorten this text to a few words:\n\n{");
  expect(patternOf(texts)).toContain("}\n\nShort text:");
});

test("a sentence that a few documents have in common is no wording", () => {
  const common = "The lift carries eight people or six hundred kilograms and is looked at four times a year.";
  const texts = [0, 2, 4].map((i) =>
    markRole(
      "user",
      `List every date that the text below mentions, one a line:\n\n` +
        `${QUESTIONS[i]} ${QUESTIONS[i + 1]}\n\n${common}\n\n${QUESTIONS[i + 1]} ${QUESTIONS[i]}`,
    ),
  );
  expect(patternOf(texts)).toMatch(
    /^user:\nList every date that the text below mentions, one a line:\n\n\{\w+\}\??$/,
  );
});

test("a fixed word between two values is kept where the first prompts have a value in common", () => {
  const languages = ["Brazilian Portuguese", "English", "German", "Turkish"];
  const texts = languages.flatMap((from) =>
    languages
      .filter((to) => to !== from)
      .map((to, i) =>
        markRole("user", `Translate the following text from ${from} to ${to}:\n\n${QUESTIONS[i]}`),
      ),
  );
  expect(patternOf(texts)).toMatch(/from \{\w+\} to \{\w+\}:/);
});

test("a declared template takes every wording", () => {
  const miner = new TemplateMiner({ scope: "test", templateId: "d1" });
  for (const [i, question] of QUESTIONS.entries()) miner.assign(support("Atlas", question), i);
  expect([...miner.wordings()].every(({ templateId }) => templateId === "d1")).toBe(true);
});

test("text without any structure stays within bounds", () => {
  const miner = new TemplateMiner({ scope: "test" });
  for (let i = 0; i < 3000; i++)
    miner.assign(markRole("user", `${i * 7919} ${(i * 104_729).toString(36)} ${i}`), i);
  expect([...miner.wordings()].length).toBeLessThan(600);
});

test("prompts are kept within bounds, however long and many they are", () => {
  const miner = new TemplateMiner({ scope: "test" });
  for (let i = 0; i < 120; i++)
    miner.assign(markRole("user", `${(i * 104_729 + 7).toString(36)} `.repeat(40_000).slice(0, 200_000)), i);
  expect(miner.keptChars).toBeGreaterThan(MAX_KEPT_CHARS / 2);
  expect(miner.keptChars).toBeLessThanOrEqual(MAX_KEPT_CHARS);
});

test("a version keeps its id when much more is learnt of it", () => {
  const miner = mined();
  const [before] = [...miner.wordings()].map(({ id, templateId }) => `${templateId} ${id}`);
  mined("Answer only from the documents, and cite each.", miner, 100_000);
  mined("Answer only from the documents, and cite each.", miner, 200_000);
  expect([...miner.wordings()].map(({ id, templateId }) => `${templateId} ${id}`)).toContain(before);
});

test("a pattern's messages and title", () => {
  const [wording] = [...mined().wordings()];
  expect(patternMessages(wording?.pattern ?? []).map(({ role }) => role)).toEqual(["system", "user"]);
  expect(titleOf(wording?.pattern ?? [])).toBe("You are a careful support engineer for ….");
});
