import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "./decoded.ts";
import { decodeTraceJson } from "./json.ts";

const GOOD = {
  traceId: "a1cb100f57e971cacf269e7c26e4630a",
  spanId: "f4847d5f789893e7",
  name: "s",
  startTimeUnixNano: "5",
  endTimeUnixNano: "9",
};

function requestOf(...spans: unknown[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** Decodes one span, as the given members make it; `raw` members are JSON text. */
function spanWith(members: object) {
  const { spans, rejected } = decodeTraceJson(requestOf({ ...GOOD, ...members }));
  expect(rejected).toEqual([]);
  return spans[0]!;
}

function valueOf(value: unknown) {
  return spanWith({ attributes: [{ key: "k", value }] }).attributes["k"];
}

function reasonFor(members: object): string {
  const { spans, rejected } = decodeTraceJson(requestOf(GOOD, { ...GOOD, ...members }, GOOD));
  expect(spans).toHaveLength(2);
  expect(rejected).toHaveLength(1);
  expect(rejected[0]!.index).toBe(1);
  return rejected[0]!.reason;
}

describe("values", () => {
  it.each([
    [{ stringValue: "text" }, "text"],
    [{ string_value: "text" }, "text"],
    [{ boolValue: false }, false],
    [{ intValue: 42 }, 42],
    [{ intValue: "42" }, 42],
    [{ intValue: "-0042" }, -42],
    [{ intValue: 1.0 }, 1],
    [{ intValue: "9007199254740993" }, { "@int": "9007199254740993" }],
    [{ intValue: "-9223372036854775808" }, { "@int": "-9223372036854775808" }],
    [{ doubleValue: 0.25 }, 0.25],
    [{ doubleValue: 17 }, { "@double": "17" }],
    [{ doubleValue: "0.5" }, 0.5],
    [{ doubleValue: "-0" }, { "@double": "-0" }],
    [{ doubleValue: "NaN" }, { "@double": "NaN" }],
    [{ doubleValue: "-Infinity" }, { "@double": "-Infinity" }],
    [{ bytesValue: "_-8" }, { "@bytes": "/+8=" }],
    [{ bytesValue: "" }, { "@bytes": "" }],
    [{ arrayValue: {} }, []],
    [{ arrayValue: { values: [{ intValue: 1 }, {}, null] } }, [1, null, null]],
    [{ kvlistValue: {} }, {}],
    [
      { kvlistValue: { values: [{ key: "a", value: { boolValue: true } }, { key: "b" }] } },
      { a: true, b: null },
    ],
    [
      {
        kvlistValue: {
          values: [
            { key: "a", value: { intValue: 1 } },
            { key: "a", value: { intValue: 2 } },
          ],
        },
      },
      {
        "@kvlist": [
          ["a", 1],
          ["a", 2],
        ],
      },
    ],
    [{ kvlistValue: { values: [{ key: "@int" }] } }, { "@kvlist": [["@int", null]] }],
    [{ kvlistValue: { values: [{ key: "constructor", value: { intValue: 1 } }] } }, { constructor: 1 }],
    [{}, null],
    [null, null],
    [{ stringValue: "x", intValue: null }, "x"],
    [{ somethingNew: 1 }, null],
    // Its member names are own keys of the parsed object, not its prototype's.
    [JSON.parse('{"__proto__": {"stringValue": "x"}}') as object, null],
  ])("%j reads as %j", (value, expected) => {
    expect(valueOf(value)).toEqual(expected);
  });

  it("a key may be __proto__, and changes no prototype", () => {
    const { attributes } = spanWith({
      attributes: [{ key: "__proto__", value: { kvlistValue: {} } }, { key: "a" }],
    });
    expect(Object.keys(attributes)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  });
});

describe("unquoted 64-bit integers keep every digit", () => {
  it.each([
    ['{"intValue": 9007199254740993}', { "@int": "9007199254740993" }],
    ['{"intValue":-9223372036854775808}', { "@int": "-9223372036854775808" }],
    ['{"stringValue": "say \\"x\\": 9007199254740993, ok\\\\"}', 'say "x": 9007199254740993, ok\\'],
    ['{"doubleValue": 12345678901234567890}', { "@double": "12345678901234567000" }],
    ['{"doubleValue": 1234567890123456789.5}', { "@double": "1234567890123456800" }],
    ['{"doubleValue": 0.1234567890123456789}', 0.12345678901234568],
    [
      '{"arrayValue":{"values":[{"intValue":1000000000000000001},{"intValue":2}]}}',
      [{ "@int": "1000000000000000001" }, 2],
    ],
  ])("%s", (value, expected) => {
    const text = requestOf({ ...GOOD, attributes: [{ key: "k", value: "?" }] });
    // A long time makes sure that the careful path is taken.
    const unquoted = text
      .replace('"?"', value)
      .replace('"endTimeUnixNano":"9"', '"endTimeUnixNano":1795132800000000001');
    const [span] = decodeTraceJson(unquoted).spans;
    expect(span!.attributes["k"]).toEqual(expected);
    expect(span!.endTimeNs).toBe("1795132800000000001");
  });

  it("in any JSON: only integers between strings change", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.bigInt({ min: 10n ** 15n, max: 2n ** 63n - 1n }), (json, big) => {
        const extra = JSON.stringify(json);
        const text = `{"extra":${extra},"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${GOOD.traceId}","spanId":"${GOOD.spanId}","name":${JSON.stringify(extra)},"endTimeUnixNano":9,"startTimeUnixNano":${big}}]}]}]}`;
        const [span] = decodeTraceJson(text).spans;
        expect(span).toMatchObject({ name: extra, startTimeNs: String(big) });
      }),
    );
  });
});

describe("a span", () => {
  it("has ids of either case, enums as names or numbers, and members by either name", () => {
    const span = spanWith({
      traceId: undefined,
      trace_id: GOOD.traceId.toUpperCase(),
      parent_span_id: "ABCDEF0123456789",
      kind: "SPAN_KIND_CLIENT",
      flags: "257",
      dropped_attributes_count: 3,
      status: { code: "STATUS_CODE_ERROR", message: "m" },
      links: [{ trace_id: GOOD.traceId, span_id: GOOD.spanId, flags: 1 }],
      events: [{ time_unix_nano: 7, name: "e", dropped_attributes_count: 1 }],
    });
    expect(span).toMatchObject({
      traceId: GOOD.traceId,
      parentSpanId: "abcdef0123456789",
      otelKind: 3,
      flags: 257,
      droppedAttributesCount: 3,
      statusCode: "ERROR",
      statusMessage: "m",
      links: [{ traceId: GOOD.traceId, spanId: GOOD.spanId, traceState: "", flags: 1 }],
      events: [{ timeNs: "7", name: "e", droppedAttributesCount: 1 }],
      notes: [],
    });
  });

  it("keeps a time above 2^53 that is a number in exponent form", () => {
    const text = requestOf(GOOD).replace('"9"', "1.5e18");
    expect(decodeTraceJson(text).spans[0]!.endTimeNs).toBe("1500000000000000000");
  });

  it("with an enum of an unknown name is kept, with a note", () => {
    const span = spanWith({ kind: "SPAN_KIND_NEW", status: { code: "VERY_BAD" } });
    expect(span).toMatchObject({ otelKind: 0, statusCode: "UNSET" });
    expect(span.notes).toEqual([
      expect.objectContaining({
        code: "unknown_kind",
        message: expect.stringContaining("SPAN_KIND_NEW") as string,
      }),
      expect.objectContaining({
        code: "unknown_status",
        message: expect.stringContaining("VERY_BAD") as string,
      }),
    ]);
  });

  it("has its lone surrogates replaced, with a note that says where", () => {
    const attributes = [
      { key: "bad", value: { arrayValue: { values: [{ stringValue: "a\ud800b" }] } } },
      { key: "good", value: { stringValue: "🦉" } },
      { key: "\udfff", value: {} },
    ];
    const span = spanWith({ name: "x\udc00", attributes });
    expect(span.name).toBe("x\uFFFD");
    expect(span.attributes).toEqual({ bad: ["a\uFFFDb"], good: "🦉", "\uFFFD": null });
    expect(span.notes).toEqual([
      {
        code: "lone_surrogate",
        message: "The span's name holds half a character (a lone surrogate), shown as \uFFFD.",
      },
      {
        code: "lone_surrogate",
        message:
          'The attribute "bad" of the span holds half a character (a lone surrogate), shown as \uFFFD.',
        attribute: "bad",
      },
      expect.objectContaining({ code: "lone_surrogate" }),
    ]);
  });

  it.each([
    [{ attributes: { a: 1 } }, /^it cannot be read: the "attributes" of the span is an object, not a list$/],
    [{ attributes: "text" }, /is a string, not a list/],
    [{ attributes: ["text"] }, /an attribute of the span is not an object/],
    [{ attributes: [{ key: 7 }] }, /a key of the span is a number, not a string/],
    [{ attributes: [{ key: "k", value: "text" }] }, /the attribute "k" of the span is not an AnyValue/],
    [
      { attributes: [{ key: "k", value: { stringValue: 7 } }] },
      /the attribute "k" of the span is a number, not a string/,
    ],
    [{ attributes: [{ key: "k", value: { boolValue: "true" } }] }, /boolValue/],
    [{ attributes: [{ key: "k", value: { intValue: 1.5 } }] }, /"1.5", not a whole number/],
    [{ attributes: [{ key: "k", value: { intValue: "9223372036854775808" } }] }, /out of range/],
    [{ attributes: [{ key: "k", value: { doubleValue: "" } }] }, /not a number/],
    [{ attributes: [{ key: "k", value: { doubleValue: "0x10" } }] }, /not a number/],
    [{ attributes: [{ key: "k", value: { bytesValue: "a" } }] }, /not base64/],
    [{ attributes: [{ key: "k", value: { bytesValue: "§§§§" } }] }, /not base64/],
    [{ attributes: [{ key: "k", value: { arrayValue: [] } }] }, /arrayValue/],
    [{ attributes: [{ key: "k", value: { kvlistValue: { values: {} } } }] }, /not a list/],
    [
      { attributes: [{ key: "k", value: { stringValue: "x", intValue: 1 } }] },
      /two values, stringValue and intValue/,
    ],
    [{ traceId: 7 }, /its trace id is a number, not a string/],
    [{ traceId: "ocsQD1fpccrPJp58JuRjCg==" }, /its trace id is not in hex digits/],
    [{ name: {} }, /the span's name is an object, not a string/],
    [{ kind: {} }, /the span kind is an object/],
    [{ kind: 1e20 }, /out of range/],
    [{ startTimeUnixNano: "yesterday" }, /its start time is "yesterday", not a whole number/],
    [{ startTimeUnixNano: -1 }, /out of range/],
    [{ endTimeUnixNano: "18446744073709551616" }, /out of range/],
    [{ flags: 4294967296 }, /out of range/],
    [{ droppedEventsCount: -1 }, /out of range/],
    [{ events: {} }, /events is an object, not a list/],
    [{ events: ["text"] }, /an event is not an object/],
    [{ links: [{ traceId: "xyz" }] }, /a link's trace id is not in hex/],
    [{ status: "OK" }, /status is a string, not an object/],
  ])("is rejected alone where a member is of a wrong type: %j", (members, reason) => {
    expect(reasonFor(members)).toMatch(reason);
  });

  it("is rejected alone where it is no object at all", () => {
    expect(decodeTraceJson(requestOf(GOOD, "text", null)).rejected).toEqual([
      { index: 1, name: "", reason: "it cannot be read: it is not an object" },
      { index: 2, name: "", reason: "it cannot be read: it is not an object" },
    ]);
  });
});

describe("a request", () => {
  it("may be bytes with a byte order mark", () => {
    expect(decodeTraceJson(Buffer.from(`\uFEFF${requestOf(GOOD)}`)).spans).toHaveLength(1);
  });

  it("may be empty, or have nulls for what is absent", () => {
    expect(decodeTraceJson("{}")).toEqual({ spans: [], rejected: [] });
    expect(decodeTraceJson('{"resourceSpans":null}')).toEqual({ spans: [], rejected: [] });
    const text = JSON.stringify({
      resourceSpans: [
        { resource: null, scopeSpans: [{ scope: null, spans: [{ ...GOOD, status: null, events: null }] }] },
      ],
    });
    expect(decodeTraceJson(text).spans).toHaveLength(1);
  });

  it("in bytes that are not UTF-8 is read, with a note on what was replaced", () => {
    const bytes = Buffer.from(requestOf({ ...GOOD, name: "a~b" }, GOOD));
    bytes[bytes.indexOf("~")] = 0xff;
    const [first, second] = decodeTraceJson(bytes).spans;
    expect(first).toMatchObject({ name: "a\uFFFDb", notes: [{ code: "invalid_utf8" }] });
    expect(second!.notes).toEqual([]);
  });

  it("shares its resources and scopes between their spans", () => {
    const { spans } = decodeTraceJson(requestOf(GOOD, GOOD));
    expect(spans[0]!.resource).toBe(spans[1]!.resource);
    expect(spans[0]!.scope).toBe(spans[1]!.scope);
  });

  it("with a broken resource or scope loses only their spans", () => {
    const text = JSON.stringify({
      resourceSpans: [
        { resource: { attributes: 7 }, scopeSpans: [{ spans: [GOOD] }] },
        { scopeSpans: [{ spans: [GOOD] }, { scope: "text", spans: [GOOD] }] },
      ],
    });
    const { spans, rejected } = decodeTraceJson(text);
    expect(spans).toHaveLength(1);
    expect(rejected).toEqual([
      {
        index: 0,
        name: "s",
        reason: 'its resource cannot be read: the "attributes" of the resource is a number, not a list',
      },
      { index: 2, name: "s", reason: "its scope cannot be read: scope is a string, not an object" },
    ]);
  });

  it.each([
    "",
    "{",
    "hello",
    "[]",
    "null",
    "7",
    '{"resourceLogs":[]}',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[7]}',
    '{"resourceSpans":[{"scopeSpans":{}}]}',
    '{"resourceSpans":[{"scopeSpans":[7]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}',
  ])("that is no trace request is refused: %s", (text) => {
    expect(() => decodeTraceJson(text)).toThrow(DecodeError);
    expect(() => decodeTraceJson(Buffer.from(text))).toThrow(DecodeError);
  });

  it("of any JSON at all gives spans, rejections or a DecodeError, nothing else", () => {
    const names = fc.constantFrom(
      "resourceSpans",
      "scopeSpans",
      "spans",
      "attributes",
      "key",
      "value",
      "stringValue",
      "intValue",
      "arrayValue",
      "kvlistValue",
      "values",
      "events",
      "links",
      "status",
      "code",
      "traceId",
      "kind",
      "resource",
      "scope",
      "name",
      "startTimeUnixNano",
      "entityRefs",
      "idKeys",
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 9 },
        fc.constantFrom(null, true, 0, -1, 1e300, "", "x", GOOD.traceId),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(names, tie("json"), { maxKeys: 4 }),
        fc.dictionary(names, tie("json"), { maxKeys: 4 }).map((extra) => ({ ...GOOD, ...extra })),
      ),
    }));
    fc.assert(
      fc.property(json, fc.constantFrom("request", "spans", "attributes"), (value, place) => {
        const text =
          place === "request"
            ? JSON.stringify({ resourceSpans: value })
            : requestOf(place === "spans" ? value : { ...GOOD, attributes: [{ key: "k", value }] });
        try {
          decodeTraceJson(text);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("cut off at any character is refused", () => {
    const text = requestOf(GOOD);
    for (let length = 0; length < text.length; length++) {
      expect(() => decodeTraceJson(text.slice(0, length))).toThrow(DecodeError);
    }
  });
});
