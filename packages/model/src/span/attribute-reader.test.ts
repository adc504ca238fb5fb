import { describe, expect, test } from "vitest";
import { AttributeReader, jsonOf, numberOf, plainValue, stringsOf, textOf } from "./attribute-reader.ts";

describe("plainValue opens the tagged forms", () => {
  test.each([
    [{ "@int": "42" }, 42],
    [{ "@int": "9007199254740993" }, "9007199254740993"],
    [{ "@double": "17" }, 17],
    [{ "@double": "NaN" }, Number.NaN],
    [{ "@bytes": "eyJhIjoxfQ==" }, '{"a":1}'],
    [{ "@bytes": "not base64!" }, "not base64!"],
    // The beginning of a PNG is no text.
    [{ "@bytes": "iVBORw0KGgo=" }, "iVBORw0KGgo="],
    [
      [{ "@int": "1" }, { a: { "@double": "2" } }],
      [1, { a: 2 }],
    ],
    [
      {
        "@kvlist": [
          ["a", 1],
          ["a", 2],
          ["@x", 3],
        ],
      },
      { a: 2, "@x": 3 },
    ],
    [null, null],
    ["text", "text"],
  ])("%j", (value, plain) => {
    expect(plainValue(value as never)).toEqual(plain);
  });

  test("a key __proto__ is a key like any other", () => {
    const plain = plainValue({ "@kvlist": [["__proto__", "x"]] }) as object;
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(Object.entries(plain)).toEqual([["__proto__", "x"]]);
  });
});

test("jsonOf opens JSON, also encoded twice, and leaves the rest", () => {
  expect(jsonOf(' {"a":1}')).toEqual({ a: 1 });
  expect(jsonOf('"[1]"')).toEqual([1]);
  expect(jsonOf('"LLM"')).toBe("LLM");
  expect(jsonOf('"\\"twice\\""')).toBe('"twice"');
  expect(jsonOf('{"a":')).toBe('{"a":');
  expect(jsonOf("true")).toBe("true");
  expect(jsonOf("12")).toBe("12");
  expect(jsonOf(7)).toBe(7);
});

test("jsonOf leaves what is nested absurdly deep, and is not misled by brackets in text", () => {
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  expect(jsonOf(deep)).toBe(deep);
  const text = JSON.stringify({ code: "{".repeat(500) });
  expect(jsonOf(text)).toEqual({ code: "{".repeat(500) });
  const closing = JSON.stringify({ code: "}".repeat(500), next: deep });
  expect(jsonOf(closing)).toEqual({ code: "}".repeat(500), next: deep });
  const hidden = `["${"]".repeat(6_000)}",${deep}]`;
  expect(jsonOf(hidden)).toBe(hidden);
});

test("numbers, texts and lists in whatever form they come", () => {
  expect([
    numberOf("0.5"),
    numberOf(3),
    numberOf(""),
    numberOf("x"),
    numberOf(Number.NaN),
    numberOf(true),
  ]).toEqual([0.5, 3, undefined, undefined, undefined, undefined]);
  expect([textOf("a"), textOf(" "), textOf(1), textOf(false), textOf({})]).toEqual([
    "a",
    undefined,
    "1",
    "false",
    undefined,
  ]);
  expect(stringsOf(["a", 1, null])).toEqual(["a", "1"]);
  expect(stringsOf('["a","b, c"]')).toEqual(["a", "b, c"]);
  expect(stringsOf("a, b ,")).toEqual(["a", "b"]);
  expect(stringsOf("")).toEqual([]);
  expect(stringsOf("[half")).toEqual(["[half"]);
});

describe("AttributeReader", () => {
  const reader = new AttributeReader({
    "a.b": 1,
    "a.c.0": "x",
    a: "whole",
    "ab.c": 2,
    empty: null,
    "n.x": "7",
  });

  test("reads by key and by prefix", () => {
    expect(reader.get("a.b")).toBe(1);
    expect(reader.get("toString")).toBeUndefined();
    expect([reader.has("a"), reader.has("empty"), reader.has("constructor")]).toEqual([true, false, false]);
    expect(reader.withPrefix("a.")).toEqual([
      ["b", 1],
      ["c.0", "x"],
    ]);
    expect(reader.keysWithPrefix("a.c.")).toEqual(["a.c.0"]);
    expect(reader.number("n.x")).toBe(7);
    expect([reader.hasFamily("ab"), reader.hasFamily("b")]).toEqual([true, false]);
  });
});
