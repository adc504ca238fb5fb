import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plainValue } from "@nightowl/model/span/attribute-reader";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { WireSpan } from "@nightowl/model/span/span";
import { decodeTraceJson } from "../../decode/json.ts";
import { readExpectations } from "../../normalise/expectations.fixture.ts";
import { normaliseSpan } from "../../normalise/normalise.ts";
import { unflatten } from "../../normalise/unflatten.ts";

const LISTS = [
  "llm.input_messages",
  "llm.output_messages",
  "llm.tools",
  "retrieval.documents",
  "reranker.input_documents",
  "reranker.output_documents",
  "embedding.embeddings",
];

/** The same span as hand-written instrumentation would send it: each list whole, in one attribute. */
function withWholeLists(span: WireSpan, write: (list: unknown[]) => AttributeValue): WireSpan {
  const attributes: Attributes = {};
  const entries = Object.entries(span.attributes);
  for (const [key, value] of entries)
    if (!LISTS.some((list) => key.startsWith(`${list}.`))) attributes[key] = value;
  for (const list of LISTS) {
    const flat = entries.filter(([key]) => key.startsWith(`${list}.`));
    if (flat.length === 0) continue;
    const items = unflatten(
      flat.map(([key, value]) => [key.slice(list.length + 1), plainValue(value)] as const),
    );
    attributes[list] = write(items as unknown[]);
  }
  return { ...span, attributes };
}

/** One level less: `{message: {role}}` → `{role}`, as people write it. */
function unwrapped(items: unknown[]): unknown[] {
  return items.map((item) => {
    const members = Object.entries(item as object);
    const only = members.length === 1 ? members[0] : undefined;
    return only !== undefined && ["message", "document", "embedding"].includes(only[0]) ? only[1] : item;
  });
}

/** `{message: {role}}` → `{"message.role": …}`, as people who know the names write it. */
function dotted(items: unknown[]): unknown[] {
  const flatten = (value: unknown, path: string): [string, unknown][] => {
    if (typeof value !== "object" || value === null) return [[path, value]];
    if (Array.isArray(value)) return [[path, value.map((item) => dottedItem(item))]];
    return Object.entries(value).flatMap(([key, item]) =>
      flatten(item, path === "" ? key : `${path}.${key}`),
    );
  };
  const dottedItem = (item: unknown): unknown =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(flatten(item, ""))
      : item;
  return items.map(dottedItem);
}

const captures = readExpectations()
  .filter(({ name }) => /openinference/.test(name))
  .flatMap(({ name, requestPath }) =>
    decodeTraceJson(readFileSync(requestPath)).spans.map((span) => ({
      title: `${name} ${span.name} ${span.spanId}`,
      span,
    })),
  )
  // Those whose lists all came flattened.
  .filter(({ span }) => {
    const keys = Object.keys(span.attributes);
    return (
      keys.some((key) => LISTS.some((list) => key.startsWith(`${list}.`))) &&
      !keys.some((key) => LISTS.includes(key))
    );
  });

describe("lists in one attribute read as their flattened keys do", () => {
  test("there are captures to compare", () => expect(captures.length).toBeGreaterThan(40));

  const forms: [string, (list: unknown[]) => AttributeValue][] = [
    ["JSON text", (list) => JSON.stringify(list)],
    ["JSON text without the first level", (list) => JSON.stringify(unwrapped(list))],
    ["JSON text with dotted keys", (list) => JSON.stringify(dotted(list))],
    ["JSON text, encoded twice", (list) => JSON.stringify(JSON.stringify(list))],
    ["an array of JSON texts", (list) => list.map((item) => JSON.stringify(item))],
    ["an array of kvlists", (list) => JSON.parse(JSON.stringify(list)) as AttributeValue],
  ];
  test.each(forms)("%s", (_form, write) => {
    for (const { title, span } of captures) {
      const flat = normaliseSpan(span, { project: "p" });
      const whole = normaliseSpan(withWholeLists(span, write), { project: "p" });
      for (const field of [
        "inputMessages",
        "outputMessages",
        "documents",
        "inputDocuments",
        "embeddings",
        "tools",
      ] as const) {
        expect(whole[field], `${title}: ${field}`).toEqual(flat[field]);
      }
      expect(whole.kind, title).toBe(flat.kind);
    }
  });
});
