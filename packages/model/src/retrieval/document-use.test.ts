import { describe, expect, it } from "vitest";
import { answerRuns, isUsed, usedRanges, usedWords } from "./document-use.ts";

const DOCUMENT = "Goods may be returned within 30 days of delivery. Boots tried on indoors count as unused.";

describe("what an answer used of a document", () => {
  const answer = answerRuns("Yes: boots TRIED on indoors, count as unused; send them back within 30 days.");

  it("is where four words in a row are the same, whatever stands between them", () => {
    const texts = usedRanges(DOCUMENT, answer).map(({ start, end }) => DOCUMENT.slice(start, end));
    expect(texts).toEqual(["Boots tried on indoors count as unused"]);
    expect(usedWords(DOCUMENT, answer)).toBe(7);
    expect(isUsed(DOCUMENT, answer)).toBe(true);
  });

  it("is several places, where words of its own lie between", () => {
    const text = "send them back within the month, and boots tried on indoors too";
    expect(usedRanges(text, answer).map(({ start, end }) => text.slice(start, end))).toEqual([
      "send them back within",
      "boots tried on indoors",
    ]);
  });

  it("is nothing for another subject, and unknown for an answer of three words", () => {
    expect(isUsed(DOCUMENT, answerRuns("Fuel is a dangerous good and is not shipped"))).toBe(false);
    expect(isUsed(DOCUMENT, answerRuns("No idea, sorry"))).toBeUndefined();
    expect(isUsed("", answer)).toBe(false);
  });

  it("is found in languages with other letters, and where lower case is longer", () => {
    const german = "Welche Isomatte passt für minus zehn Grad, hängt am R-Wert.";
    expect(usedWords(german, answerRuns("Das hängt am R-Wert: er sagt es."))).toBe(4);
    const turkish = "İİİİ the kettle is on the stove";
    const ranges = usedRanges(turkish, answerRuns("the kettle is on"));
    expect(ranges.map(({ start, end }) => turkish.slice(start, end))).toEqual(["the kettle is on"]);
  });
});
