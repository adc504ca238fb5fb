import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  endOfValue,
  joinJsonRequest,
  JsonSyntaxError,
  readElements,
  splitJsonRequest,
} from "./split-json.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const text = (part: Uint8Array): string => Buffer.from(part).toString("utf8");

const spans = (count: number, from = 0): string =>
  Array.from(
    { length: count },
    (_, i) => `{"name":"s${from + i}","startTimeUnixNano":1763690000000000001}`,
  ).join(",");
const REQUEST = `{ "resourceSpans" : [
  {"resource":{"attributes":[{"key":"a \\" ] }","value":{"stringValue":"é, {"}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[${spans(5)}],"schemaUrl":"u"}]},
  {"scope_spans":[{"spans":[${spans(2, 5)}]}]}
]}`;

describe("splitJsonRequest", () => {
  it("gives each resource, counting its spans under either spelling", () => {
    const pieces = splitJsonRequest(bytes(REQUEST), 1e6);
    expect(pieces?.map((piece) => piece.spanCount)).toEqual([5, 2]);
    expect(text(pieces?.[1]?.bytes ?? bytes(""))).toBe(`{"scope_spans":[{"spans":[${spans(2, 5)}]}]}`);
  });

  it("cuts a large resource between its spans, each part with resource, scope and schema", () => {
    const pieces = splitJsonRequest(bytes(REQUEST), 320) ?? [];
    expect(pieces.length).toBeGreaterThan(2);
    const first = pieces.slice(0, -1).map((piece) => JSON.parse(text(piece.bytes)));
    for (const part of first) {
      expect(part.resource.attributes[0].value.stringValue).toBe("é, {");
      expect(part.scopeSpans[0].scope.name).toBe("x");
      expect(part.scopeSpans[0].schemaUrl).toBe("u");
    }
    const names = pieces.flatMap((piece) =>
      [...text(piece.bytes).matchAll(/"name":"(s\d)"/g)].map((match) => match[1]),
    );
    expect(names).toEqual(["s0", "s1", "s2", "s3", "s4", "s5", "s6"]);
  });

  it("copies numbers digit by digit", () => {
    const pieces = splitJsonRequest(bytes(REQUEST), 1) ?? [];
    expect(pieces).toHaveLength(7);
    expect(pieces.every((piece) => text(piece.bytes).includes("1763690000000000001"))).toBe(true);
  });

  it("joins into a request again", () => {
    const pieces = splitJsonRequest(bytes(REQUEST), 1e6) ?? [];
    const joined = text(joinJsonRequest(pieces.map((piece) => piece.bytes)));
    expect(JSON.parse(joined)).toEqual(JSON.parse(REQUEST));
  });

  it("says when there is no list of resources, and where the text is no JSON", () => {
    expect(splitJsonRequest(bytes(`{"resourceLogs":[]}`), 100)).toBeUndefined();
    expect(() => splitJsonRequest(bytes(`{"resourceSpans":[{"a":1}`), 100)).toThrow(JsonSyntaxError);
    expect(() => splitJsonRequest(bytes(`{"resourceSpans":3}`), 100)).toThrow("a list is missing");
  });
});

describe("scanning", () => {
  it("finds the end of any JSON value, whatever follows it", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom("", " ", "\n{", ",1", "]"), (json, after) => {
        const scanned = bytes(`${json}${after}`);
        expect(text(scanned.subarray(0, endOfValue(scanned, 0)))).toBe(json);
      }),
    );
  });

  it("takes the elements of any list apart", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (list) => {
        const elements = readElements(bytes(JSON.stringify(list, null, 1)));
        expect(elements.map((element) => JSON.parse(text(element)))).toEqual(
          list.map((item) => JSON.parse(JSON.stringify(item))),
        );
      }),
    );
  });
});
