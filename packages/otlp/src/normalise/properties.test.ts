import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import { SPAN_KINDS, type WireSpan } from "@nightowl/model/span/span";
import { decodeTraceJson } from "../decode/json.ts";
import { DIALECTS } from "../dialects/dialects.ts";
import { captureFolders } from "./expectations.fixture.ts";
import { normaliseSpan } from "./normalise.ts";
import { previewOf } from "./preview.ts";
import { wireSpan } from "./wire-span.fixture.ts";

/**
 * The words of every dialect, from the captures: a dialect that is added, with its captures, is put to the test without
 * a change here.
 */
const SPANS = captureFolders().flatMap(
  (folder) => decodeTraceJson(readFileSync(join(folder, "request.json"))).spans,
);
const KEYS = distinct(SPANS.flatMap((span) => Object.keys(span.attributes)));
const EVENT_KEYS = distinct(
  SPANS.flatMap((span) => span.events.flatMap((event) => Object.keys(event.attributes))),
);
const EVENT_NAMES = distinct(SPANS.flatMap((span) => span.events.map((event) => event.name)));
const SCOPES = distinct(SPANS.map((span) => span.scope.name));
const NAMES = distinct(SPANS.map((span) => span.name));
const TEXTS = distinct(
  SPANS.flatMap((span) => Object.values(span.attributes).flatMap((value) => wordsIn(value, 0))),
);

function distinct(words: string[]): string[] {
  return [...new Set(words)].sort();
}

/** Short texts in a value, and the keys of objects in it, JSON text opened. */
function wordsIn(value: unknown, depth: number): string[] {
  if (typeof value === "string" && /^\s*[[{]/.test(value) && depth < 8) {
    try {
      return wordsIn(JSON.parse(value), depth + 1);
    } catch {
      return [];
    }
  }
  if (typeof value === "string") return value.length <= 40 ? [value] : [];
  if (typeof value !== "object" || value === null || depth > 8) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...wordsIn(item, depth + 1)]);
}

const HOSTILE_SEGMENTS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "0",
  "00",
  "-1",
  "1e3",
  "9999",
  "10000",
  "4294967295",
  "99999999999999999999",
  "",
  "content",
  "role",
];

const word = fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(...HOSTILE_SEGMENTS), fc.string());

/** Values made of the words that the readers look for, put together in every wrong way. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    word,
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(word, tie("value"), { maxKeys: 5 }),
  ),
}));

const cut = (text: string, at: number) => text.slice(0, Math.floor(text.length * at));

const anyValue = fc.oneof(
  value,
  value.map((each) => JSON.stringify(each)),
  value.map((each) => JSON.stringify(JSON.stringify(each))),
  fc
    .tuple(value, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([each, at]) => cut(JSON.stringify(each), at)),
  fc.record({ "@int": fc.bigInt().map(String) }),
  fc.record({ "@double": fc.constantFrom("NaN", "Infinity", "-Infinity", "17", "-0") }),
  fc.record({
    "@bytes": fc.oneof(
      fc.base64String(),
      value.map((each) => btoaUtf8(JSON.stringify(each))),
    ),
  }),
  fc.record({ "@kvlist": fc.array(fc.tuple(word, value), { maxLength: 4 }) }),
) as fc.Arbitrary<AttributeValue>;

function btoaUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** A key of some dialect, as it is, or with segments of it put elsewhere, replaced or added. */
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KEYS) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...KEYS), fc.nat(8), fc.constantFrom(...HOSTILE_SEGMENTS), fc.boolean())
      .map(([whole, at, segment, isReplaced]) => {
        const segments = whole.split(".");
        segments.splice(at % (segments.length + 1), isReplaced ? 1 : 0, segment);
        return segments.join(".");
      }),
  },
  fc.constantFrom(...HOSTILE_SEGMENTS),
);

function attributesOf(entries: [string, AttributeValue][]): Attributes {
  return Object.fromEntries(entries);
}

const attributes = fc.array(fc.tuple(key, anyValue), { maxLength: 10 }).map(attributesOf);
const events = fc.array(
  fc.record({
    name: fc.oneof(fc.constantFrom(...EVENT_NAMES), word),
    timeNs: fc.constantFrom("0", "5", "1763700000050000000", "18446744073709551615"),
    attributes: fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...EVENT_KEYS), key), anyValue), { maxLength: 4 })
      .map(attributesOf),
    droppedAttributesCount: fc.nat(3),
  }),
  { maxLength: 4 },
);

const anySpan: fc.Arbitrary<WireSpan> = fc
  .record({
    attributes,
    events,
    name: fc.oneof(fc.constantFrom(...NAMES), word),
    scopeName: fc.oneof(fc.constantFrom(...SCOPES), word),
    statusCode: fc.constantFrom<WireSpan["statusCode"]>("UNSET", "OK", "ERROR"),
    statusMessage: word,
    endTimeNs: fc.constantFrom("0", "1763700000100000000", "1"),
    droppedAttributesCount: fc.nat(2),
  })
  .map(({ attributes: own, scopeName, ...rest }) => {
    const span = wireSpan(own, rest);
    return { ...span, scope: { ...span.scope, name: scopeName } };
  });

/** A captured span with some of its values replaced, added or taken away: mostly right, and wrong somewhere. */
const damagedSpan: fc.Arbitrary<WireSpan> = fc
  .tuple(
    fc.constantFrom(...SPANS),
    fc.array(fc.tuple(fc.nat(), anyValue), { maxLength: 3 }),
    attributes,
    fc.array(fc.nat(), { maxLength: 2 }),
  )
  .map(([span, replaced, added, removed]) => {
    const entries = Object.entries(span.attributes).filter((_, index) => !removed.includes(index));
    for (const [at, item] of replaced) {
      const entry = entries[at % Math.max(entries.length, 1)];
      if (entry !== undefined) entry[1] = item;
    }
    return { ...span, attributes: { ...attributesOf(entries), ...added } };
  });

function expectSound(span: WireSpan): void {
  const before = structuredClone(span.attributes);
  const read = normaliseSpan(span, { project: "p" });
  expect(read.notes.filter((note) => note.code === "dialect_failed")).toEqual([]);
  // Nothing of what was sent is lost or changed.
  expect(read.attributes).toBe(span.attributes);
  expect(span.attributes).toEqual(before);
  for (const claimed of read.claimedKeys) expect(Object.hasOwn(span.attributes, claimed)).toBe(true);
  const { other = {}, ...buckets } = read.usage;
  for (const count of [...Object.values(buckets), ...Object.values(other)]) {
    expect(count === undefined || (Number.isSafeInteger(count) && count >= 0)).toBe(true);
  }
  const cached = (buckets.cacheReadTokens ?? 0) + (buckets.cacheWriteTokens ?? 0);
  if (buckets.inputTokens !== undefined) expect(buckets.inputTokens).toBeGreaterThanOrEqual(cached);
  if (buckets.outputTokens !== undefined)
    expect(buckets.outputTokens).toBeGreaterThanOrEqual(buckets.reasoningTokens ?? 0);
  if (read.cost !== undefined && read.cost.source !== "unpriced")
    expect(read.cost.costUsd).toBeGreaterThanOrEqual(0);
  for (const preview of Object.values(previewOf(read))) expect([...preview].length).toBeLessThanOrEqual(200);
  expect(() => JSON.stringify(read)).not.toThrow();
}

describe("every dialect, whatever comes", () => {
  test("spans made of all dialects' words", () => {
    fc.assert(fc.property(anySpan, expectSound), { numRuns: 1_500 });
  });

  test("captured spans, damaged", () => {
    fc.assert(fc.property(damagedSpan, expectSound), { numRuns: 1_000 });
  });

  test("each dialect reads what is not its own without a failure, and claims no key that is not there", () => {
    fc.assert(
      fc.property(fc.oneof(anySpan, damagedSpan), (span) => {
        const attrs = new AttributeReader(span.attributes);
        for (const dialect of DIALECTS) {
          expect(typeof dialect.speaks(span.scope.name, attrs.keyList())).toBe("boolean");
          expect(typeof (dialect.speaksOtherwise?.(span, attrs) ?? false)).toBe("boolean");
          const { claimed } = dialect.read(span, attrs);
          for (const claim of claimed)
            expect([dialect.name, attrs.keys().includes(claim)]).toEqual([dialect.name, true]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("under every key of every dialect: nested ten thousand deep, and an index of ten digits", () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    const deepObjects = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    for (const name of KEYS) {
      expectSound(wireSpan({ [name]: deep }));
      expectSound(wireSpan({ [name]: deepObjects, [`${name}.4000000000.message.content`]: "x" }));
    }
  });
});

describe("a value that is the name of what every object has", () => {
  test.each(["constructor", "toString", "__proto__"])(
    "%s finds nothing",
    (hostile) => {
      const found: unknown[] = [];
      for (const span of SPANS) {
        for (const name of Object.keys(span.attributes)) {
          const damaged = { ...span, attributes: { ...span.attributes, [name]: hostile } };
          const read = normaliseSpan(damaged, { project: "p" });
          const isSound =
            SPAN_KINDS.includes(read.kind) &&
            !Object.values(read).some((field) => typeof field === "function");
          if (!isSound) found.push({ name, scope: span.scope.name, read });
        }
      }
      expect(found).toEqual([]);
      // Each attribute of each capture is read once more: on a machine that has other things to do that takes a while.
    },
    120_000,
  );
});
