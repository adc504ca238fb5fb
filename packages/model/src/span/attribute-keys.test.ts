import { expect, test } from "vitest";
import { attributeKeysOf } from "./attribute-keys.ts";

test("families and prefixes of a list of keys", () => {
  const keys = attributeKeysOf({ "llm.a.0.x": 1, "llm.a": 1, "llm.b.c": 1, llm: 1, "gen_ai.x": 1, plain: 1 });
  expect(["llm", "gen_ai", "plain", "llm.a", "gen"].map((family) => keys.hasFamily(family))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(keys.withPrefix("llm.")).toEqual(["llm.a.0.x", "llm.a", "llm.b.c"]);
  expect(keys.withPrefix("llm.a.")).toEqual(["llm.a.0.x"]);
  expect(keys.withPrefix("llm.a.")).toEqual(["llm.a.0.x"]);
  expect(keys.withPrefix("llm.a.0.")).toEqual(["llm.a.0.x"]);
  expect(keys.withPrefix("llm.x.")).toEqual([]);
});

test("the same keys in the same order are found again, and others are not mistaken for them", () => {
  const first = attributeKeysOf({ "a.x": 1, "b.y": 2 });
  expect(attributeKeysOf({ "a.x": 3, "b.y": 4 })).toBe(first);
  expect(attributeKeysOf({ "a.x": 1 }).all).toEqual(["a.x"]);
  expect(attributeKeysOf({ "b.y": 1, "a.x": 1 }).all).toEqual(["b.y", "a.x"]);
  expect(attributeKeysOf({ "a.x": 1, "c.z": 2 }).hasFamily("b")).toBe(false);
  expect(attributeKeysOf({}).all).toEqual([]);
});

test("keys that a sender makes up are read, and do not stay in memory for ever", () => {
  const long = "x".repeat(1_000);
  expect(attributeKeysOf({ [long]: 1 })).not.toBe(attributeKeysOf({ [long]: 1 }));
  const first = attributeKeysOf({ "a.x": 1, "b.y": 2 });
  for (let index = 0; index < 25_000; index++)
    expect(attributeKeysOf({ [`k.${index}`]: 1 }).hasFamily("k")).toBe(true);
  const again = attributeKeysOf({ "a.x": 1, "b.y": 2 });
  expect(again).not.toBe(first);
  expect(again.all).toEqual(["a.x", "b.y"]);
});
