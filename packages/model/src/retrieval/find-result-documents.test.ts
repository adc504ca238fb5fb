import { describe, expect, it } from "vitest";
import { findResultDocuments } from "./find-result-documents.ts";

describe("documents in the result of a tool", () => {
  it("are found in the usual forms of a tool's result", () => {
    expect(findResultDocuments([{ text: "a", score: 0.5, id: 7 }])).toEqual([
      { text: "a", score: 0.5, id: "7", rank: 1 },
    ]);
    expect(findResultDocuments({ results: [{ page_content: "a", metadata: { p: 1 } }] })).toEqual([
      { text: "a", rank: 1, metadata: { p: 1 } },
    ]);
    expect(
      findResultDocuments({ matches: [{ document: { content: "a", id: "x" }, score: 2 }] })?.[0],
    ).toMatchObject({
      id: "x",
      score: 2,
      text: "a",
    });
  });
  it("may have their text beside their vector", () => {
    const sources = [{ id: "d", score: 0.9, document: "", metadata: { text: "a" } }];
    expect(findResultDocuments({ relevantContext: [{ text: "a" }], sources })).toEqual([
      { text: "a", id: "d", score: 0.9, metadata: { text: "a" }, rank: 1 },
    ]);
  });
  it("are not seen in other lists", () => {
    expect(findResultDocuments([1, 2])).toBeUndefined();
    expect(findResultDocuments([])).toBeUndefined();
    expect(findResultDocuments([{ text: "only text" }])).toBeUndefined();
    expect(findResultDocuments([{ text: "a", id: "1" }, { nothing: true }])).toBeUndefined();
    expect(findResultDocuments("text")).toBeUndefined();
  });
});
