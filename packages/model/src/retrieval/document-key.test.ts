import { expect, it } from "vitest";
import { documentKey } from "./document-key.ts";

it("a document is known by its text, white space aside, whatever its id", () => {
  const key = documentKey({ text: "Boots  count\nas unused. ", id: "a" });
  expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(documentKey({ text: "Boots count as unused.", id: "b" })).toBe(key);
  expect(documentKey({ text: "Boots count as used.", id: "a" })).not.toBe(key);
});

it("a document without text is known by its id, and one without either not at all", () => {
  expect(documentKey({ id: "a" })).toBe(documentKey({ id: "a", text: " " }));
  expect(documentKey({ id: "a" })).not.toBe(documentKey({ text: "a" }));
  expect(documentKey({})).toBeUndefined();
});

it("a hundred thousand texts that differ by a number have as many keys", () => {
  const keys = new Set(
    Array.from({ length: 100_000 }, (_, n) => documentKey({ text: `passage number ${n}` })),
  );
  expect(keys.size).toBe(100_000);
});
