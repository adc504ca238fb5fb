import type { WireSpan } from "@nightowl/model/span/span";
import { describe, expect, it } from "vitest";
import { encodeTraceJson } from "../encode/json.ts";
import { encodeTraceProtobuf } from "../encode/protobuf.ts";
import { ProtobufWriter } from "../encode/protobuf-writer.ts";
import { type DecodedTraces, MAX_VALUE_DEPTH } from "./decoded.ts";
import { decodeTraceJson } from "./json.ts";
import { decodeTraceProtobuf } from "./protobuf.ts";

const RESOURCE = { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" };
const SCOPE = { name: "", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" };

function spanWith(fields: Partial<WireSpan>): WireSpan {
  return {
    traceId: "a1cb100f57e971cacf269e7c26e4630a",
    spanId: "f4847d5f789893e7",
    parentSpanId: "",
    traceState: "",
    flags: 0,
    name: "odd",
    otelKind: 1,
    startTimeNs: "1795132800000000000",
    endTimeNs: "1795132800000000001",
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: "UNSET",
    statusMessage: "",
    resource: RESOURCE,
    scope: SCOPE,
    notes: [],
    ...fields,
  };
}

/** What each encoding does to spans on the way in. */
const encodings: [string, (spans: WireSpan[]) => DecodedTraces][] = [
  ["protobuf", (spans) => decodeTraceProtobuf(encodeTraceProtobuf(spans))],
  ["JSON", (spans) => decodeTraceJson(encodeTraceJson(spans))],
];

describe.each(encodings)("a span that came as %s", (_name, send) => {
  const good = spanWith({ name: "good" });

  it.each<[string, Partial<WireSpan>, string]>([
    ["no trace id", { traceId: "" }, "its trace id has 0 bytes; 16 are needed"],
    ["a short trace id", { traceId: "a1cb100f57e971ca" }, "its trace id has 8 bytes; 16 are needed"],
    ["a long trace id", { traceId: "a1".repeat(17) }, "its trace id has 17 bytes; 16 are needed"],
    ["a trace id of zeros", { traceId: "0".repeat(32) }, "its trace id is all zero"],
    ["no span id", { spanId: "" }, "its span id has 0 bytes; 8 are needed"],
    ["a span id of zeros", { spanId: "0".repeat(16) }, "its span id is all zero"],
    [
      "a short parent id",
      { parentSpanId: "abcd" },
      "its parent id has 2 bytes; 8 are needed, or none for a root",
    ],
    [
      "a start beyond 2262",
      { startTimeNs: "9223372036854775808" },
      "its start time is 9223372036854775808 ns, beyond the year 2262",
    ],
    [
      "an end beyond 2262",
      { endTimeNs: "18446744073709551615" },
      "its end time is 18446744073709551615 ns, beyond the year 2262",
    ],
  ])("is rejected alone with %s", (_what, fields, reason) => {
    expect(send([good, spanWith(fields), good])).toEqual({
      spans: [good, good],
      rejected: [{ index: 1, name: "odd", reason }],
    });
  });

  it.each<[string, Partial<WireSpan>, Partial<WireSpan>, string]>([
    [
      "ends before it starts",
      { startTimeNs: "1000000000", endTimeNs: "999999999" },
      {},
      "ends_before_start: The span ends (999999999 ns) before it starts (1000000000 ns).",
    ],
    [
      "has no start",
      { startTimeNs: "0", endTimeNs: "9" },
      { startTimeNs: "9" },
      "start_time_missing: The span has no start time; its end time stands for it.",
    ],
    [
      "has no times at all",
      { startTimeNs: "0", endTimeNs: "0" },
      {},
      "start_time_missing: The span has neither a start time nor an end time.",
    ],
    ["has an unknown kind", { otelKind: 9 }, {}, "unknown_kind: OpenTelemetry has no span kind 9."],
    ["has a negative kind", { otelKind: -1 }, {}, "unknown_kind: OpenTelemetry has no span kind -1."],
    [
      "has a parent id of zeros",
      { parentSpanId: "0".repeat(16) },
      { parentSpanId: "" },
      "zero_parent_id: The parent id is all zero; the span is taken for a root.",
    ],
    [
      "is its own parent",
      { parentSpanId: "f4847d5f789893e7" },
      {},
      "own_parent: The span names itself as its parent.",
    ],
    [
      "has a link to nothing",
      {
        links: [
          {
            traceId: "abcd",
            spanId: "",
            traceState: "",
            attributes: {},
            droppedAttributesCount: 0,
            flags: 0,
          },
        ],
      },
      {},
      'invalid_link: Link 1 names no span: trace id "abcd", span id "".',
    ],
    [
      "has an event beyond 2262",
      { events: [{ name: "e", timeNs: "18446744073709551615", attributes: {}, droppedAttributesCount: 0 }] },
      {},
      'event_time_out_of_range: The event "e" has the time 18446744073709551615 ns, after the year 2262.',
    ],
  ])("is kept with a note if it %s", (_what, fields, mended, note) => {
    const { spans, rejected } = send([spanWith(fields)]);
    expect(rejected).toEqual([]);
    expect(spans).toEqual([{ ...spanWith({ ...fields, ...mended }), notes: expect.any(Array) as [] }]);
    expect(spans[0]!.notes.map(({ code, message }) => `${code}: ${message}`)).toEqual([note]);
  });

  it.each<[string, Partial<WireSpan>]>([
    ["in flight", { endTimeNs: "0" }],
    ["of no duration", { startTimeNs: "5", endTimeNs: "5" }],
    [
      "at the last nanosecond of 2262",
      { startTimeNs: "9223372036854775807", endTimeNs: "9223372036854775807" },
    ],
    ["at the first nanosecond of 1970", { startTimeNs: "1", endTimeNs: "999999999" }],
    ["with NUL in its text", { name: "a\0b", statusMessage: "\0", attributes: { "\0": "\0", k: "a\0b" } }],
    ["without a name", { name: "" }],
    ["with an attribute of 20 MB", { attributes: { big: "🦉".repeat(5_000_000) } }],
    ["with a name of 100,000 characters", { name: "é".repeat(100_000) }],
    [
      "with 10,000 attributes",
      { attributes: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key.${i}`, i])) },
    ],
  ])("is read whole and without a note when it is %s", (_what, fields) => {
    // Not toEqual: it takes seconds to compare texts of 20 MB.
    const { spans, rejected } = send([spanWith(fields)]);
    expect(rejected).toEqual([]);
    expect(JSON.stringify(spans) === JSON.stringify([spanWith(fields)])).toBe(true);
  });

  it("is read with values nested as deep as the limit, and rejected beyond it", () => {
    const { spans, rejected } = send([
      spanWith({ attributes: { deep: nested(100) } }),
      spanWith({ attributes: { deep: nested(MAX_VALUE_DEPTH) } }),
      spanWith({ name: "too deep", attributes: { deep: nested(MAX_VALUE_DEPTH + 1) } }),
    ]);
    expect(spans.map((span) => span.attributes["deep"])).toEqual([nested(100), nested(MAX_VALUE_DEPTH)]);
    expect(rejected).toEqual([
      { index: 2, name: "too deep", reason: "it cannot be read: a value is nested deeper than 128 levels" },
    ]);
  });
});

/** A value in so many levels: lists and key-value lists in turn, a text innermost. */
function nested(depth: number): WireSpan["attributes"][string] {
  let value: WireSpan["attributes"][string] = "core";
  for (let level = 1; level < depth; level++) value = level % 2 === 0 ? [value] : { k: value };
  return value;
}

describe("nesting without end does not overflow the stack", () => {
  const good = spanWith({ name: "good" });

  it("in JSON", () => {
    const depth = 1_000_000;
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}${"]}}".repeat(depth)}`;
    const text = encodeTraceJson([good, spanWith({ attributes: { deep: "?" } }), good]);
    const { spans, rejected } = decodeTraceJson(text.replace('{"stringValue":"?"}', value));
    expect(spans).toHaveLength(2);
    expect(rejected).toMatchObject([
      { index: 1, name: "odd", reason: expect.stringContaining("128") as string },
    ]);
  });

  it("in protobuf", () => {
    // Written from the inside out, because each level's length stands before it: the bytes are reversed at the end.
    const reversed: number[] = [];
    const wrap = (tag: number) => {
      const length: number[] = [];
      for (let rest = reversed.length; rest > 0 || length.length === 0; rest >>>= 7) length.push(rest & 0x7f);
      // Every byte of a length but the last has its top bit set; here the last comes first.
      reversed.push(...length.reverse().map((bits, i) => (i === 0 ? bits : bits | 0x80)));
      reversed.push(tag);
    };
    for (let level = 0; level < 1_000_000; level++) {
      wrap(0x0a); // ArrayValue.values
      wrap(0x2a); // AnyValue.array_value
    }
    wrap(0x12); // KeyValue.value
    wrap(0x4a); // Span.attributes
    const span = Buffer.from(reversed.reverse());
    const writer = new ProtobufWriter();
    writer.message(1, () => writer.message(2, () => writer.bytes(2, span)));
    const request = Buffer.concat([
      encodeTraceProtobuf([good]),
      writer.finish(),
      encodeTraceProtobuf([good]),
    ]);
    const { spans, rejected } = decodeTraceProtobuf(request);
    expect(spans).toHaveLength(2);
    expect(rejected).toMatchObject([{ index: 1, reason: expect.stringContaining("128") as string }]);
  });
});

describe("a request that would fill the memory is refused", () => {
  /** 30 million empty messages of two bytes, in the place of `tag`, in a span and on their own. */
  const many = (tag: number) => Buffer.alloc(60_000_000, Buffer.from([tag, 0]));
  const inFields =
    (...fields: number[]) =>
    (bytes: Uint8Array) => {
      const writer = new ProtobufWriter();
      const write = ([field, ...rest]: number[]): void => {
        if (rest.length === 0) writer.bytes(field!, bytes);
        else writer.message(field!, () => write(rest));
      };
      write(fields);
      return writer.finish();
    };

  it.each([
    ["spans", inFields(1, 2)(many(0x12))],
    ["events", inFields(1, 2, 2)(many(0x5a))],
    ["links", inFields(1, 2, 2)(many(0x6a))],
    ["scopes", inFields(1)(many(0x12))],
    [
      "lists in a list",
      inFields(1, 2, 2, 9, 2, 5)(Buffer.alloc(60_000_000, Buffer.from([0x0a, 2, 0x2a, 0]))),
    ],
    [
      "key-value lists in parts that must be joined",
      inFields(1, 2, 2, 9, 2)(Buffer.alloc(60_000_000, Buffer.from([0x32, 5, 0x0a, 3, 0x0a, 1, 0x61]))),
    ],
    ["entries of a key-value list", inFields(1, 2, 2, 9, 2, 6)(many(0x0a))],
  ])("in protobuf: empty %s", (_what, bytes) => {
    expect(() => decodeTraceProtobuf(bytes)).toThrow(/more than 5000000 spans/);
  });

  it("in JSON: empty objects", () => {
    const objects = `{}${",{}".repeat(13_000_000)}`;
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[${objects}]}]}]}`;
    expect(() => decodeTraceJson(text)).toThrow(/more objects and lists/);
  });

  it("in JSON: spans without content", () => {
    const spans = `0${",0".repeat(5_000_000)}`;
    const text = `{"resourceSpans":[{"resource":0,"scopeSpans":[{"spans":[${spans}]}]}]}`;
    expect(() => decodeTraceJson(text)).toThrow(/more than 5000000 spans/);
  });
});

describe("a key sent twice", () => {
  const pair = (key: string, value: unknown) => ({ key, value });
  const decode = (attributes: unknown[], resource: unknown[] = []) => {
    const { traceId, spanId, startTimeNs } = spanWith({});
    const spans = [{ traceId, spanId, startTimeUnixNano: startTimeNs, attributes }];
    return decodeTraceJson(
      JSON.stringify({
        resourceSpans: [
          { resource: { attributes: resource }, scopeSpans: [{ spans: [...spans, ...spans] }] },
        ],
      }),
    ).spans;
  };

  it("keeps its last value, and the others in one note", () => {
    const [span] = decode([
      pair("dup", { stringValue: "first" }),
      pair("other", {}),
      pair("dup", { intValue: 2 }),
      pair("dup", { boolValue: true }),
    ]);
    expect(span!.attributes).toEqual({ dup: true, other: null });
    expect(span!.notes).toEqual([
      {
        code: "duplicate_key",
        attribute: "dup",
        message:
          'The key "dup" was sent 3 times in the attributes of the span; the last value is kept. Before it: "first", 2',
      },
    ]);
  });

  it("leaves no more than 200 characters of the others", () => {
    const [span] = decode([
      pair("dup", { stringValue: "🦉".repeat(1000) }),
      pair("dup", {}),
      pair("dup", {}),
    ]);
    const { message } = span!.notes[0]!;
    expect(message.length).toBeLessThan(320);
    expect(message.isWellFormed()).toBe(true);
  });

  it("100,000 times takes no time to speak of and one note", () => {
    const many = Array.from({ length: 100_000 }, (_, i) => pair("dup", { intValue: i }));
    const [span] = decode(many);
    expect(span!.attributes).toEqual({ dup: 99_999 });
    expect(span!.notes).toHaveLength(1);
  });

  it("on the resource is noted on each of its spans", () => {
    const spans = decode(
      [],
      [pair("service.name", { stringValue: "a" }), pair("service.name", { stringValue: "b" })],
    );
    expect(spans[0]!.resource.attributes).toEqual({ "service.name": "b" });
    for (const span of spans) {
      expect(span.notes).toMatchObject([
        { code: "duplicate_key", message: expect.stringContaining("of the resource") as string },
      ]);
    }
  });
});
