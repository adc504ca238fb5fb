import { answerRuns } from "@nightowl/model/retrieval/document-use";
import { describe, expect, it } from "vitest";
import { duplicateRanks, markDocument } from "./document-use.ts";

const DOCUMENT = "Goods may be returned within 30 days of delivery. Boots tried on indoors count as unused.";

describe("what an answer used of a document", () => {
  const runs = answerRuns("Yes: boots TRIED on indoors, count as unused; send them back within 30 days.");

  it("is marked where four words in a row are the same, whatever stands between them", () => {
    const used = markDocument(DOCUMENT, [], runs).filter((piece) => piece.used);
    expect(used.map(({ text }) => text)).toEqual(["Boots tried on indoors count as unused"]);
  });

  it("is marked beside the words of the query, and no character is lost", () => {
    const pieces = markDocument(DOCUMENT, ["boots"], runs);
    expect(pieces.map(({ text }) => text).join("")).toBe(DOCUMENT);
    expect(pieces.filter(({ hit }) => hit)).toEqual([{ text: "Boots", hit: true, used: true }]);
  });
});

it("documents with the same text are told from each other by the first one's rank", () => {
  const documents = ["a  b", "c", "a b\n", undefined].map((text, index) => ({
    rank: index + 1,
    ...(text === undefined ? {} : { text }),
  }));
  expect(duplicateRanks(documents)).toEqual([undefined, undefined, 1, undefined]);
});
