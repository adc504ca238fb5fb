import { FILTER_FIELDS } from "@nightowl/model/filter/filter";
import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { describe, expect, test } from "vitest";
import {
  applySuggestion,
  completionAt,
  suggestFromGrammar,
  tokeniseFilter,
  valueText,
} from "./filter-tokens.ts";

const words = (text: string) => tokeniseFilter(text).map(({ start, end }) => text.slice(start, end));

describe("tokeniseFilter", () => {
  test("splits at spaces, but not in quotes", () => {
    expect(words('status:error  "two words" -user:"a b",c  @http.route:/ask')).toEqual([
      "status:error",
      '"two words"',
      '-user:"a b",c',
      "@http.route:/ask",
    ]);
  });

  test("an open quote goes on to the end, an escaped one does not close", () => {
    expect(words('a "b c')).toEqual(["a", '"b c']);
    expect(words(String.raw`name:"a \" b" c`)).toEqual([String.raw`name:"a \" b"`, "c"]);
  });

  test("finds the field and its end; a URL is text", () => {
    expect(tokeniseFilter("-status:error")[0]).toEqual({
      start: 0,
      end: 13,
      negated: true,
      field: { name: "status", end: 8 },
    });
    expect(tokeniseFilter('@"a b":x')[0]?.field).toEqual({ name: "@a b", end: 7 });
    expect(tokeniseFilter("http://x")[0]?.field).toBeUndefined();
  });
});

describe("completionAt", () => {
  const at = (text: string) => completionAt(text.replace("|", ""), text.indexOf("|"));

  test("a word is the beginning of a field, behind a minus too", () => {
    expect(at("sta|")).toEqual({ type: "field", prefix: "sta", start: 0, end: 3 });
    expect(at("a:b -us|")).toMatchObject({ type: "field", prefix: "us", start: 5, end: 7 });
    expect(at("a:b |")).toMatchObject({ type: "field", prefix: "", start: 4, end: 4 });
  });

  test("behind the colon is a value, behind a comma the next", () => {
    expect(at("model:gpt|")).toMatchObject({ type: "value", prefix: "gpt", start: 6, end: 9 });
    expect(at('model:"a,b",cl|')).toMatchObject({ type: "value", prefix: "cl", start: 12 });
    expect(at("model:a|,b")).toMatchObject({ type: "value", prefix: "a", start: 6, end: 7 });
  });

  test("nothing behind a field that there is not, nor in quoted text", () => {
    expect(at("nonsense:x|")).toBeUndefined();
    expect(at('"tw|')).toBeUndefined();
  });
});

describe("suggestions", () => {
  test("fields by prefix, enum values, comparisons", () => {
    const of = (text: string) => {
      const completion = completionAt(text, text.length);
      return completion === undefined ? [] : suggestFromGrammar(completion).map(({ label }) => label);
    };
    expect(of("")).toHaveLength(FILTER_FIELDS.length);
    expect(of("st")).toEqual(["status:"]);
    expect(of("status:")).toEqual(["error", "ok"]);
    expect(of("status:e")).toEqual(["error"]);
    expect(of("latency:>")).toEqual([">1s", ">5s", ">30s"]);
  });

  test("everything suggested can be parsed", () => {
    for (const { name } of FILTER_FIELDS) {
      const completion = completionAt(`${name}:`, name.length + 1);
      if (completion === undefined) throw new Error(name);
      for (const suggestion of suggestFromGrammar(completion)) {
        expect(parseFilter(applySuggestion(`${name}:`, completion, suggestion).text).error).toBeUndefined();
      }
    }
  });

  test("a value of the data becomes text that means exactly it", () => {
    for (const value of ["gpt-4o", "two words", "a,b", "50%*", ">x", String.raw`C:\dir`, 'say "hi"']) {
      const { filter } = parseFilter(`model:${valueText("model", value)}`);
      expect(filter).toHaveLength(1);
      expect(filter?.[0]).toMatchObject({ field: "model", op: "=" });
    }
    expect(valueText("model", "gpt-4o")).toBe("gpt-4o");
    expect(valueText("@http.route", "a b")).toBe('"a b"');
  });

  test("a completed term gets a space, one in the middle keeps what follows", () => {
    const completion = completionAt("model:g,x", 7);
    if (completion === undefined) throw new Error("no completion");
    expect(applySuggestion("model:g,x", completion, { insert: "gpt-4o", label: "", complete: true })).toEqual(
      {
        text: "model:gpt-4o,x",
        caret: 12,
      },
    );
    const end = completionAt("status:", 7);
    if (end === undefined) throw new Error("no completion");
    expect(applySuggestion("status:", end, { insert: "error", label: "", complete: true })).toEqual({
      text: "status:error ",
      caret: 13,
    });
  });
});
