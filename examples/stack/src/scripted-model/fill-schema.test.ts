import { describe, expect, it } from "vitest";
import { fillSchema, findQuery, hasQuery } from "./fill-schema.ts";
import type { JsonSchema } from "./scripted-request.ts";

const material = {
  question: "Book 3 seats to New York for Ada, cheap",
  query: "seats New York",
  names: ["New York", "Ada"],
};
const fill = (schema: JsonSchema): unknown => fillSchema(schema, material);

describe("a value", () => {
  it.each<[JsonSchema, unknown]>([
    [{ type: "integer" }, 3],
    [{ type: "integer", maximum: 2 }, 2],
    [{ type: "string" }, "New York"],
    [{ type: "string", enum: ["dear", "cheap"] }, "cheap"],
    [{ enum: ["red", "blue"], default: "blue" }, "blue"],
    [{ const: "x" }, "x"],
    [{ type: "boolean" }, true],
    [{ type: ["null", "string"], default: "d" }, "d"],
    [{ anyOf: [{ type: "null" }, { type: "integer" }] }, 3],
    [{ type: "array", items: { type: "string" } }, ["New York", "Ada"]],
    [{ type: "array", items: { type: "integer" } }, [3]],
    [{ type: "null" }, null],
    [{}, "New York"],
  ])("of %j is %j", (schema, value) => {
    expect(fill(schema)).toEqual(value);
  });

  it("of an object has what is required and what the question says something for", () => {
    const schema: JsonSchema = {
      type: "object",
      properties: {
        search_query: { type: "string" },
        message: { type: "string" },
        seats: { type: "integer" },
        price: { type: "string", enum: ["cheap", "dear"] },
        colour: { type: "string" },
      },
      required: ["message"],
    };
    expect(fill(schema)).toEqual({
      search_query: material.query,
      message: material.question,
      seats: 3,
      price: "cheap",
    });
  });

  it("follows references, and ends in those that go round", () => {
    expect(fill({ $ref: "#/$defs/n", $defs: { n: { type: "integer" } } })).toBe(3);
    const tree: JsonSchema = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          properties: { child: { $ref: "#/$defs/node" }, n: { type: "integer" } },
          required: ["child", "n"],
        },
      },
    };
    expect(JSON.stringify(fill(tree)).length).toBeLessThan(500);
  });
});

it("knows a search by its query, and finds it among the arguments", () => {
  expect(hasQuery({ type: "object", properties: { q: { type: "string" } } })).toBe(true);
  expect(hasQuery({ type: "object", properties: { city: { type: "string" } } })).toBe(false);
  expect(findQuery({ limit: 3, query: "owls" })).toBe("owls");
  expect(findQuery({ query: 3 })).toBeUndefined();
});
