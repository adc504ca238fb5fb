import { expect, test } from "vitest";
import { pythonLiteral } from "./python-literal.ts";

test.each([
  [
    "{'text': 'Paris is rainy.', 'n': 3, 'x': -0.5, 'ok': True, 'no': None}",
    { text: "Paris is rainy.", n: 3, x: -0.5, ok: true, no: null },
  ],
  [`{'said': "it's", 'tabs': 'a\\tb\\n', 'é': '\\xe9\\u20ac'}`, { said: "it's", tabs: "a\tb\n", é: "é€" }],
  ["[1, (2, 'a',), {}, []]", [1, [2, "a"], {}, []]],
  ["{1: 2e3}", { 1: 2000 }],
  ["'text'", "text"],
])("%s", (text, value) => {
  expect(pythonLiteral(text)).toEqual(value);
});

test.each([
  "{'a': <Foo at 0x7f>}",
  "{'a': 'b'",
  "{'a' 'b'}",
  "Foo(a=1)",
  "",
  "{'a': 1} x",
  "'\\",
  "[".repeat(5_000),
])("is no literal: %s", (text) => {
  expect(pythonLiteral(text)).toBeUndefined();
});

test("a key __proto__ is a key like any other", () => {
  const read = pythonLiteral("{'__proto__': {'a': 1}}") as object;
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(Object.keys(read)).toEqual(["__proto__"]);
});
