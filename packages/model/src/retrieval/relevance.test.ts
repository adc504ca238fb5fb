import { expect, it } from "vitest";
import { relevanceGain } from "./relevance.ts";

it("a score says how relevant a document is, else its label", () => {
  const gains = [
    { score: 0.8, label: "irrelevant" },
    { score: 3, label: null },
    { score: -1, label: null },
    { score: null, label: "Not_Relevant" },
    { score: null, label: "partially relevant" },
    { score: null, label: "relevant" },
    { score: null, label: "interesting" },
    { score: null, label: null },
  ].map(relevanceGain);
  expect(gains).toEqual([0.8, 1, 0, 0, 0.5, 1, undefined, undefined]);
});
