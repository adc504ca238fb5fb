import { expect, it } from "vitest";
import { readVectors } from "./vectors.ts";

const ITEM = "embedding.embeddings.0.embedding";

it("reads the vectors of an embedding span by their texts, flattened or as JSON", () => {
  const read = [{ text: "boots", vector: [0.5, 1] }];
  expect(readVectors({ [`${ITEM}.text`]: "boots", [`${ITEM}.vector`]: [0.5, { "@double": "1" }] })).toEqual(
    read,
  );
  expect(readVectors({ [`${ITEM}.text`]: "boots", [`${ITEM}.vector`]: "[0.5, 1]" })).toEqual(read);
  const list = JSON.stringify([{ "embedding.text": "boots", "embedding.vector": [0.5, 1] }]);
  expect(readVectors({ "embedding.embeddings": list })).toEqual(read);
});

it("leaves out what has no text, no vector, or something else than numbers in it", () => {
  expect(readVectors({ [`${ITEM}.vector`]: [1] })).toEqual([]);
  expect(readVectors({ [`${ITEM}.text`]: "boots" })).toEqual([]);
  expect(readVectors({ [`${ITEM}.text`]: "boots", [`${ITEM}.vector`]: [1, "x"] })).toEqual([]);
  expect(readVectors({ "embedding.embeddings": 7 })).toEqual([]);
});
