import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addTerm, hasTerm, removeTerm } from "./edit-filter.ts";
import { FILTER_FIELDS, type FieldTerm, type Filter, type FilterTerm } from "./filter.ts";
import { parseDurationMs, parseFilterNumber } from "./parse-duration-ms.ts";
import { parseFilter } from "./parse-filter.ts";
import { printFilter } from "./print-filter.ts";
import { literalValue, parseValuePattern } from "./value-pattern.ts";

function field(name: string, values: string[], rest: Partial<FieldTerm> = {}): FieldTerm {
  return { type: "field", field: name, op: "=", values, negated: false, ...rest };
}

function parsed(text: string): Filter {
  const result = parseFilter(text);
  if (result.error) throw new Error(result.error.message);
  return result.filter;
}

describe("parseFilter", () => {
  test("reads every part of the grammar", () => {
    const text =
      'status:error latency:>2s -user:loadtest model:gpt-4o,gpt-4o-mini "exact words" @http.route:/ask';
    expect(parsed(text)).toEqual([
      field("status", ["error"]),
      field("latency", ["2s"], { op: ">" }),
      field("user", ["loadtest"], { negated: true }),
      field("model", ["gpt-4o", "gpt-4o-mini"]),
      { type: "text", text: "exact words", negated: false },
      field("@http.route", ["/ask"]),
    ]);
  });

  test.each<[string, Filter]>([
    ["", []],
    ["   ", []],
    ["Status:error", [field("status", ["error"])]],
    ["tokens:>=1k", [field("tokens", ["1k"], { op: ">=" })]],
    ['name:"two words"*', [field("name", ["two words*"])]],
    ['name:"a*b"', [field("name", ["a\\*b"])]],
    ['user:""', [field("user", [""])]],
    ['name:a,"b,c"', [field("name", ["a", "b,c"])]],
    ['@"genkit:name":x', [field("@genkit:name", ["x"])]],
    ["@n:>5", [field("@n", ["5"], { op: ">" })]],
    ["https://example.org/a:b", [{ type: "text", text: "https://example.org/a:b", negated: false }]],
    ["12:30", [{ type: "text", text: "12:30", negated: false }]],
    ['-"a \\"b\\" \\\\"', [{ type: "text", text: 'a "b" \\', negated: true }]],
    ["*boom*", [{ type: "text", text: "boom", negated: false }]],
  ])("%s", (text, filter) => {
    expect(parsed(text)).toEqual(filter);
  });

  test.each([
    ["status:", []],
    ["latency:>", []],
    ["-", []],
    ["model:gpt-4o,", [field("model", ["gpt-4o"])]],
    ['name:"half a na', [field("name", ["half a na"])]],
    ["user:ann sta", [field("user", ["ann"]), { type: "text", text: "sta", negated: false }]],
  ])("forgives what is still being typed: %s", (text, filter) => {
    expect(parsed(text)).toEqual(filter);
  });

  test.each([
    ["foo:bar", 0, 'no field "foo"'],
    ["user:a latency:>fast", 16, "time with its unit"],
    ["latency:>2", 9, "time with its unit"],
    ["tokens:many", 7, "needs a number"],
    ["status:broken", 7, "error, ok"],
    ["name:>b", 6, "cannot be compared"],
    ["status: user:a", 0, "status:error"],
    ["@:x", 0, "attribute key"],
    ["a @key", 2, "@key:value"],
    ["@size:>big", 7, "needs a number"],
  ])("says where and what is wrong: %s", (text, position, message) => {
    const { error } = parseFilter(text);
    expect(error?.message).toContain(message);
    expect(error?.position).toBe(position);
  });

  test("never throws, whatever is typed", () => {
    const piece = fc.constantFrom(
      "status",
      ":",
      ">",
      "=",
      ",",
      '"',
      "\\",
      "*",
      "-",
      "@",
      " ",
      "2s",
      "é",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const result = parseFilter(pieces.join(""));
        if (result.filter) expect(parseFilter(printFilter(result.filter))).toEqual(result);
      }),
    );
  });
});

const hostile = fc.string({
  unit: fc.constantFrom(
    "a",
    "B",
    " ",
    "\t",
    '"',
    "\\",
    "*",
    ",",
    ":",
    "-",
    "@",
    ">",
    "<",
    "=",
    "%",
    "_",
    "'",
    "é",
    "{",
  ),
});
const text = fc.oneof(fc.string(), hostile);

function fieldTerm(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>, op: FieldTerm["op"]) {
  return fc.record<FieldTerm>({
    type: fc.constant("field"),
    field: name,
    op: fc.constant(op),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
    negated: fc.boolean(),
  });
}

const textFields = FILTER_FIELDS.filter((entry) => entry.type === "text").map((entry) => entry.name);
const term: fc.Arbitrary<FilterTerm> = fc.oneof(
  fc.record({
    type: fc.constant("text" as const),
    text: text.filter((value) => value !== ""),
    negated: fc.boolean(),
  }),
  fieldTerm(fc.constantFrom(...textFields), text, "="),
  fieldTerm(
    text.filter((key) => key !== "").map((key) => `@${key}`),
    text,
    "=",
  ),
  fieldTerm(fc.constantFrom("latency"), fc.constantFrom("2s", "1.5m", "300ms"), ">="),
  fieldTerm(fc.constantFrom("tokens", "cost", "spans"), fc.constantFrom("12", "0.5", "2k"), "<"),
  fieldTerm(fc.constantFrom("kind"), fc.constantFrom("llm", "TOOL"), "="),
);

describe("printFilter", () => {
  test("a value that would make the term a URL is quoted", () => {
    const filter: Filter = [
      { type: "field", field: "name", op: "=", values: ["//host", "b"], negated: false },
    ];
    expect(printFilter(filter)).toBe('name:"//host",b');
    expect(parseFilter(printFilter(filter))).toEqual({ filter });
  });

  test("what it prints is read back as the same filter", () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 5 }), (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual({ filter });
      }),
      { numRuns: 2000 },
    );
  });

  test("quotes only what needs it", () => {
    expect(
      printFilter([field("model", ["gpt-4*", "o 1"]), { type: "text", text: "boom", negated: true }]),
    ).toBe('model:gpt-4*,"o 1" -boom');
  });
});

test("a value made from any text matches exactly that text", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(parseValuePattern(literalValue(value))).toEqual([value]);
    }),
  );
  expect(parseValuePattern("gpt-*")).toEqual(["gpt-", ""]);
  expect(parseValuePattern("*a\\*b*")).toEqual(["", "a*b", ""]);
  expect(parseValuePattern("C:\\dir")).toEqual(["C:\\dir"]);
});

test("durations and numbers", () => {
  expect(parseDurationMs("2s")).toBe(2000);
  expect(parseDurationMs("300ms")).toBe(300);
  expect(parseDurationMs("1.5m")).toBe(90_000);
  expect(parseDurationMs("2h")).toBe(7_200_000);
  expect(parseDurationMs("1m30s")).toBe(90_000);
  expect(parseDurationMs("250us")).toBe(0.25);
  for (const bad of ["2", "", "s", "-1s", "1e3s", "2 s s", "1.s"])
    expect(parseDurationMs(bad)).toBeUndefined();
  expect(parseFilterNumber("1.5k")).toBe(1500);
  expect(parseFilterNumber(".5")).toBe(0.5);
  for (const bad of ["", "k", "1e5", "0x1", "--1", "1,000"]) expect(parseFilterNumber(bad)).toBeUndefined();
});

describe("click to filter", () => {
  const start = parsed("service:a -env:dev boom latency:>2s");

  test("values of a field join, and nothing is added twice", () => {
    expect(printFilter(addTerm(start, field("service", ["b"])))).toBe(
      "service:a,b -env:dev boom latency:>2s",
    );
    expect(addTerm(start, field("service", ["a"]))).toEqual(start);
    expect(addTerm(start, { type: "text", text: "boom", negated: false })).toEqual(start);
    expect(printFilter(addTerm(start, field("@k", ["x y"])))).toBe(`${printFilter(start)} @k:"x y"`);
    expect(printFilter(addTerm(start, field("latency", ["5s"], { op: ">" })))).toContain(
      "latency:>2s latency:>5s",
    );
  });

  test("the opposite gives way", () => {
    expect(printFilter(addTerm(start, field("env", ["dev"])))).toBe("service:a boom latency:>2s env:dev");
    expect(printFilter(addTerm(start, field("service", ["a"], { negated: true })))).not.toContain(
      " service:a",
    );
  });

  test("removing takes the value, then the term", () => {
    const two = addTerm(start, field("service", ["b"]));
    expect(removeTerm(two, field("service", ["b"]))).toEqual(start);
    expect(printFilter(removeTerm(start, field("service", ["a"])))).toBe("-env:dev boom latency:>2s");
    expect(hasTerm(two, field("service", ["b"]))).toBe(true);
    expect(hasTerm(start, field("service", ["b"]))).toBe(false);
  });
});
