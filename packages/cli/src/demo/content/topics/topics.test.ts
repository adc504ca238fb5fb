import { expect, it } from "vitest";
import { findPassage } from "../passages.ts";
import { FOREIGN, OUTSIDE, SCREENSHOTS } from "./other.ts";
import { READING } from "./reading.ts";
import { RUNNING } from "./running.ts";
import { SENDING } from "./sending.ts";

const TOPICS = [...SENDING, ...READING, ...RUNNING, ...OUTSIDE, ...FOREIGN, ...SCREENSHOTS];
const ids = TOPICS.map(({ id }) => id);

it("has topics by one name each, and questions and answers to all of them", () => {
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, questions, facts, wrong } of TOPICS) {
    expect([questions.length > 0, facts.length > 0, wrong.length > 0], id).toEqual([true, true, true]);
  }
});

it("names passages that there are, but for what the documentation does not answer", () => {
  for (const topic of TOPICS) {
    for (const id of topic.passages) expect(() => findPassage(id), topic.id).not.toThrow();
    expect(topic.passages.length === 0, topic.id).toBe(OUTSIDE.includes(topic));
  }
});

it("follows topics that there are", () => {
  const followed = TOPICS.flatMap(({ after }) => Object.keys(after ?? {}));
  expect(followed.filter((id) => !ids.includes(id))).toEqual([]);
});

it("says in English only what stands in the passages", () => {
  // Most longer words of an answer are in the passages that it names.
  const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9_]{5,}/g) ?? [];
  for (const topic of [...SENDING, ...READING, ...RUNNING]) {
    const known = new Set(
      topic.passages.flatMap((id) => wordsOf(`${findPassage(id).heading} ${findPassage(id).text}`)),
    );
    const said = wordsOf(topic.facts.join(" "));
    const share = said.filter((word) => known.has(word)).length / said.length;
    expect(share, topic.id).toBeGreaterThan(0.6);
  }
});
