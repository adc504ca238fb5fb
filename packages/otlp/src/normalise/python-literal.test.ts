import { expect, test } from "vitest";
import { pythonBytes, pythonLiteral, pythonRepr } from "./python-literal.ts";

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

test.each([
  [
    "ChatMessage(_role=<ChatRole.TOOL: 'tool'>, _content=[Result(result='it\\'s (a, b=1)', origin=None)], _meta={})",
    { _role: "tool", _content: [{ result: "it's (a, b=1)", origin: null }], _meta: {} },
  ],
  [
    "id='1' at=datetime.datetime(2026, 11, tzinfo=datetime.timezone.utc) content='a\\nb' n=3",
    { id: "1", at: "datetime.datetime(2026, 11, tzinfo=datetime.timezone.utc)", content: "a\nb", n: 3 },
  ],
  ["Tool(function=<function f at 0x7f>, empty=Empty())", { function: "<function f at 0x7f>", empty: {} }],
  ["[<Foo object at 0x7f>, 1]", ["<Foo object at 0x7f>", 1]],
])("objects as they are printed: %s", (text, value) => {
  expect(pythonRepr(text)).toEqual(value);
});

test.each(["Foo(a=1", "a='1' b", "Foo(a=1) x", "", "Foo(".repeat(5_000)])("is not printed: %s", (text) => {
  expect(pythonRepr(text)).toBeUndefined();
});

test("bytes as they are printed", () => {
  expect(pythonBytes(String.raw`b'\x89PNG\r\n'`)).toBe(btoa("\x89PNG\r\n"));
  expect(pythonBytes(`b"it's"`)).toBe(btoa("it's"));
  for (const text of ["b'", "base64", "b'é€'", "'text'"]) expect(pythonBytes(text)).toBeUndefined();
});
