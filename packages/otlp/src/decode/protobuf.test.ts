import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "./decoded.ts";
import { decodeTraceJson } from "./json.ts";
import { decodeTraceProtobuf } from "./protobuf.ts";
import { generatedRequests } from "./testing/generated-requests.ts";
import { jsonOfOracle, readWithOracle } from "./testing/oracle.ts";
import { exportTraceServiceRequest } from "./testing/otlp-descriptor.ts";
import { scramble } from "./testing/scramble.ts";

const TRACE_ID = Buffer.from("a1cb100f57e971cacf269e7c26e4630a", "hex");
const SPAN_ID = Buffer.from("f4847d5f789893e7", "hex");

/** One length-delimited field. */
function field(number: number, value: Uint8Array | string): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(Buffer.from(value)).finish();
}

function requestOf(...spans: Uint8Array[]): Uint8Array {
  return field(1, field(2, Buffer.concat(spans.map((span) => field(2, span)))));
}

function spanOf(...fields: Uint8Array[]): Uint8Array {
  const times = new BinaryWriter()
    .tag(7, WireType.Bit64)
    .fixed64(5n)
    .tag(8, WireType.Bit64)
    .fixed64(9n)
    .finish();
  return Buffer.concat([field(1, TRACE_ID), field(2, SPAN_ID), field(5, "s"), times, ...fields]);
}

function withoutNotes<T extends { notes: unknown }>(spans: T[]): T[] {
  return spans.map((span) => ({ ...span, notes: [] }));
}

describe("against an independent protobuf library", () => {
  it("reads generated requests as it does", () => {
    fc.assert(
      fc.property(generatedRequests(), (bytes) => {
        const { spans, rejected } = decodeTraceProtobuf(bytes);
        expect(rejected).toEqual([]);
        expect(withoutNotes(spans)).toEqual(readWithOracle(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("reads fields in any order, between unknown ones, and takes the last of those sent twice", () => {
    fc.assert(
      fc.property(
        generatedRequests(),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (bytes, stream) => {
          fc.pre(bytes.length > 0); // Unknown fields alone are no request.
          const untidy = scramble(bytes, exportTraceServiceRequest, () => stream.next().value as number);
          const { spans } = decodeTraceProtobuf(untidy);
          expect(withoutNotes(spans)).toEqual(readWithOracle(bytes));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("reads the JSON of the same request as the same spans, notes included", () => {
    const options = fc.record({
      enumAsInteger: fc.boolean(),
      useProtoFieldName: fc.boolean(),
      alwaysEmitImplicit: fc.boolean(),
    });
    fc.assert(
      fc.property(generatedRequests(), options, (bytes, jsonOptions) => {
        const json = JSON.stringify(jsonOfOracle(bytes, jsonOptions));
        expect(decodeTraceJson(json)).toEqual(decodeTraceProtobuf(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("joins the parts of a message that is sent in parts", () => {
    const value = (text: string) => field(1, text);
    const parts = Buffer.concat([
      // The value of one attribute, twice: two halves of one list.
      field(
        9,
        Buffer.concat([
          field(1, "list"),
          field(2, field(5, field(1, value("a")))),
          field(2, field(5, field(1, value("b")))),
        ]),
      ),
      field(9, Buffer.concat([field(1, "last"), field(2, value("a")), field(2, value("b"))])),
      field(
        9,
        Buffer.concat([
          field(1, "map"),
          field(2, Buffer.concat([field(6, field(1, field(1, "k"))), field(6, field(1, field(1, "l")))])),
        ]),
      ),
      field(15, field(2, "half")),
      field(15, new BinaryWriter().tag(3, WireType.Varint).int32(2).finish()),
    ]);
    const bytes = requestOf(spanOf(parts));
    const [span] = decodeTraceProtobuf(bytes).spans;
    expect(span).toMatchObject({
      attributes: { list: ["a", "b"], last: "b", map: { k: null, l: null } },
      statusCode: "ERROR",
      statusMessage: "half",
    });
    expect([span]).toEqual(readWithOracle(bytes));
  });
});

describe("decodeTraceProtobuf", () => {
  it("gives the spans of one resource and scope the same objects", () => {
    const scopeSpans = Buffer.concat([field(1, field(1, "scope")), field(2, spanOf()), field(2, spanOf())]);
    const bytes = field(1, Buffer.concat([field(2, scopeSpans), field(2, scopeSpans)]));
    const { spans } = decodeTraceProtobuf(bytes);
    expect(spans).toHaveLength(4);
    expect(new Set(spans.map((span) => span.resource)).size).toBe(1);
    expect(new Set(spans.map((span) => span.scope)).size).toBe(2);
    expect(spans[0]!.scope).toBe(spans[1]!.scope);
  });

  it("reads an empty body as a request without spans", () => {
    expect(decodeTraceProtobuf(new Uint8Array())).toEqual({ spans: [], rejected: [] });
  });

  it("reads bytes that lie inside a larger buffer", () => {
    const bytes = requestOf(spanOf());
    const larger = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")]);
    expect(decodeTraceProtobuf(larger.subarray(6, 6 + bytes.length)).spans).toHaveLength(1);
  });

  it("passes over the profiling signal's string index", () => {
    const attribute = Buffer.concat([
      field(1, "k"),
      field(2, new BinaryWriter().tag(8, WireType.Varint).int32(3).finish()),
    ]);
    expect(decodeTraceProtobuf(requestOf(spanOf(field(9, attribute)))).spans[0]!.attributes).toEqual({
      k: null,
    });
  });

  it.each([
    ["text", Buffer.from("hello world")],
    ["JSON", Buffer.from('{"resourceSpans":[]}')],
    ["HTML", Buffer.from("<!doctype html><html></html>")],
    ["only unknown fields", field(2000, "x")],
    ["a field 1 that is a number", new BinaryWriter().tag(1, WireType.Varint).uint32(1).finish()],
    ["field number 0", Uint8Array.of(0x02, 0x00)],
    ["a tag of 11 bytes", Buffer.alloc(11, 0xff)],
    ["an end of a group that did not begin", Uint8Array.of(0x0c)],
    [
      "a group that ends as another",
      new BinaryWriter().tag(1000, WireType.StartGroup).tag(1001, WireType.EndGroup).finish(),
    ],
    ["a group without end", new BinaryWriter().tag(1000, WireType.StartGroup).finish()],
    ["a length beyond 2^32", Uint8Array.of(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)],
  ])("refuses %s", (_name, bytes) => {
    expect(() => decodeTraceProtobuf(bytes)).toThrow(DecodeError);
  });

  it("refuses groups nested without end, and does not overflow the stack", () => {
    const groups = Buffer.alloc(2_000_000, new BinaryWriter().tag(1000, WireType.StartGroup).finish());
    expect(() => decodeTraceProtobuf(groups)).toThrow("groups are nested too deep");
    const { spans, rejected } = decodeTraceProtobuf(requestOf(spanOf(groups), spanOf()));
    expect(spans).toHaveLength(1);
    expect(rejected).toHaveLength(1);
  });

  it("refuses a request that was cut off at any byte, or keeps the spans before the cut", () => {
    const bytes = fc
      .sample(generatedRequests(), { seed: 42, numRuns: 30 })
      .sort((a, b) => b.length - a.length)[0]!;
    expect(bytes.length).toBeGreaterThan(1000);
    const whole = decodeTraceProtobuf(bytes).spans;
    for (let length = 1; length < bytes.length; length++) {
      let spans: unknown[];
      try {
        ({ spans } = decodeTraceProtobuf(bytes.subarray(0, length)));
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        continue;
      }
      // Cut between two ResourceSpans: what is there is a whole request.
      expect(spans).toEqual(whole.slice(0, spans.length));
    }
  });

  it("answers random bytes and flipped bits with spans, rejections or a DecodeError, nothing else", () => {
    const flipped = fc
      .tuple(generatedRequests(), fc.array(fc.nat(), { minLength: 1, maxLength: 5 }))
      .map(([bytes, positions]) => {
        const copy = Uint8Array.from(bytes);
        for (const position of positions) copy[position % copy.length]! ^= 1 << (position % 8);
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), flipped), (bytes) => {
        try {
          const { spans } = decodeTraceProtobuf(bytes);
          JSON.stringify(spans);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  describe("rejects the one span that is broken, with its place, name and reason", () => {
    const broken: [string, Uint8Array, RegExp][] = [
      [
        "a name that is a number",
        new BinaryWriter().tag(5, WireType.Varint).uint32(1).finish(),
        /field 5 of the span has the wrong wire type, 0/,
      ],
      [
        "an id that is a number",
        new BinaryWriter().tag(1, WireType.Bit64).fixed64(1n).finish(),
        /wrong wire type/,
      ],
      ["a truncated attribute", field(9, Uint8Array.of(0x0a, 0x7f)), /a length goes beyond the end/],
      [
        "a value of a wrong type",
        field(9, field(2, new BinaryWriter().tag(1, WireType.Varint).uint32(1).finish())),
        /field 1 of a value/,
      ],
      [
        "an event of a wrong type",
        field(11, new BinaryWriter().tag(1, WireType.Varint).uint32(1).finish()),
        /field 1 of an event/,
      ],
      ["a truncated time", Uint8Array.of(0x39, 1, 2), /ends in the middle of a number/],
      ["an illegal wire type", Uint8Array.of(0x87, 0x7d, 1), /wire type 7/],
    ];
    it.each(broken)("%s", (_name, bytes, reason) => {
      const good = spanOf();
      const { spans, rejected } = decodeTraceProtobuf(
        requestOf(good, Buffer.concat([spanOf(), bytes]), good),
      );
      expect(spans).toHaveLength(2);
      expect(rejected).toEqual([{ index: 1, name: "s", reason: expect.stringMatching(reason) as string }]);
    });

    it("finds the name behind the broken field", () => {
      const bytes = requestOf(Buffer.concat([field(9, Uint8Array.of(0x0a, 0x7f)), field(5, "later")]));
      expect(decodeTraceProtobuf(bytes).rejected).toMatchObject([{ index: 0, name: "later" }]);
    });
  });

  it("rejects the spans of a broken resource or scope, and only those", () => {
    const brokenPart = field(1, Uint8Array.of(0x08, 0x01));
    const spans = field(2, field(2, spanOf()));
    const ofBrokenResource = field(1, Buffer.concat([brokenPart, spans]));
    const ofBrokenScope = field(1, field(2, Buffer.concat([brokenPart, field(2, spanOf())])));
    const decoded = decodeTraceProtobuf(
      Buffer.concat([ofBrokenResource, requestOf(spanOf()), ofBrokenScope]),
    );
    expect(decoded.spans).toHaveLength(1);
    expect(decoded.rejected).toMatchObject([
      { index: 0, name: "s", reason: expect.stringMatching(/^its resource cannot be read: /) as string },
      { index: 2, name: "s", reason: expect.stringMatching(/^its scope cannot be read: /) as string },
    ]);
  });

  it("replaces what is not UTF-8, and says where", () => {
    const bad = Buffer.from([0x61, 0xff, 0x62]);
    const surrogate = Buffer.from([0xed, 0xa0, 0x80]);
    const attribute = (key: Uint8Array, value: Uint8Array) =>
      field(9, Buffer.concat([field(1, key), field(2, field(1, value))]));
    const bytes = requestOf(
      spanOf(field(5, bad), attribute(Buffer.from("k"), surrogate), attribute(bad, Buffer.from("ok"))),
      spanOf(field(5, "\uFFFD was sent as such")),
    );
    const [first, second] = decodeTraceProtobuf(bytes).spans;
    expect(first!.name).toBe("a\uFFFDb");
    expect(first!.attributes).toEqual({ k: "\uFFFD\uFFFD\uFFFD", "a\uFFFDb": "ok" });
    expect(first!.notes).toEqual([
      {
        code: "invalid_utf8",
        message: "The span's name is not valid UTF-8; what could not be read is shown as \uFFFD.",
      },
      expect.objectContaining({ code: "invalid_utf8", attribute: "k" }),
      expect.objectContaining({ code: "invalid_utf8", attribute: "a\uFFFDb" }),
    ]);
    expect(second!.notes).toEqual([]);
  });
});
