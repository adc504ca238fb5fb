import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { exportTraceServiceRequest } from "./otlp-descriptor.ts";

/** Generated export requests as protobuf bytes: every field of the schema, valid ids, valid times. */
export function generatedRequests(): fc.Arbitrary<Uint8Array> {
  return request.map((init) => toBinary(exportTraceServiceRequest, create(exportTraceServiceRequest, init)));
}

const text = fc.oneof(
  fc.constantFrom("", "llm.model_name", "hello", "é", "日本語", "🦉 night\0owl", "\uFFFD"),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ maxLength: 200 }),
);
const key = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z]{1,3}(\.[a-z0-9_]{1,4}){0,2}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "__proto__", "constructor", "@int", "@kvlist", "toString", "7", "é"),
  },
);
const count = fc.oneof(fc.constant(0), fc.nat(), fc.constant(2 ** 32 - 1));
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -200n, max: 200n }),
  fc.constantFrom(
    2n ** 53n,
    2n ** 53n - 1n,
    -(2n ** 53n),
    1n - 2n ** 53n,
    -(2n ** 63n),
    2n ** 63n - 1n,
    2n ** 32n,
  ),
);
const timeNs = fc.oneof(
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 1_795_132_800_000_000_000n, max: 1_795_132_801_000_000_000n }),
  fc.constantFrom(1n, 999_999_999n, 1_000_000_000n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n),
);
const timeOrNone = fc.oneof(fc.constant(0n), timeNs);
const id = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).filter((bytes) => bytes.some((byte) => byte !== 0));

const { value } = fc.letrec<{ value: object; pair: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ value: fc.record({ case: fc.constant("stringValue"), value: text }) }),
    fc.constant({}),
    fc.record({ value: fc.record({ case: fc.constant("boolValue"), value: fc.boolean() }) }),
    fc.record({ value: fc.record({ case: fc.constant("intValue"), value: int64 }) }),
    fc.record({
      value: fc.record({
        case: fc.constant("doubleValue"),
        value: fc.oneof(fc.double(), fc.constantFrom(-0, 17, NaN, Infinity, -Infinity, 1e21, 5e-324)),
      }),
    }),
    fc.record({
      value: fc.record({ case: fc.constant("bytesValue"), value: fc.uint8Array({ maxLength: 20 }) }),
    }),
    fc.record({
      value: fc.record({
        case: fc.constant("arrayValue"),
        value: fc.record({ values: fc.array(tie("value"), { maxLength: 4 }) }),
      }),
    }),
    fc.record({
      value: fc.record({
        case: fc.constant("kvlistValue"),
        value: fc.record({ values: fc.array(tie("pair"), { maxLength: 4 }) }),
      }),
    }),
  ),
  pair: fc.record({ key, value: tie("value") }, { requiredKeys: ["key"] }),
}));
const attributes = fc.array(fc.record({ key, value }, { requiredKeys: ["key"] }), { maxLength: 8 });

const event = fc.record({ timeUnixNano: timeOrNone, name: text, attributes, droppedAttributesCount: count });
const link = fc.record({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  attributes,
  droppedAttributesCount: count,
  flags: count,
});
const span = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    parentSpanId: fc.oneof(fc.constant(new Uint8Array()), id(8)),
    traceState: text,
    flags: count,
    name: text,
    kind: fc.constantFrom(0, 1, 2, 3, 4, 5, 9, -1),
    startTimeUnixNano: timeNs,
    endTimeUnixNano: timeOrNone,
    attributes,
    droppedAttributesCount: count,
    events: fc.array(event, { maxLength: 3 }),
    droppedEventsCount: count,
    links: fc.array(link, { maxLength: 2 }),
    droppedLinksCount: count,
    status: fc.record({ message: text, code: fc.constantFrom(0, 1, 2) }),
  },
  { requiredKeys: ["traceId", "spanId", "startTimeUnixNano"] },
);
const entityRef = fc.record({
  schemaUrl: text,
  type: text,
  idKeys: fc.array(key, { maxLength: 2 }),
  descriptionKeys: fc.array(key, { maxLength: 2 }),
});
const resource = fc.record({
  attributes,
  droppedAttributesCount: count,
  entityRefs: fc.array(entityRef, { maxLength: 2 }),
});
const scope = fc.record({ name: text, version: text, attributes, droppedAttributesCount: count });
const scopeSpans = fc.record(
  { scope, spans: fc.array(span, { maxLength: 3 }), schemaUrl: text },
  { requiredKeys: ["spans"] },
);
const resourceSpans = fc.record(
  { resource, scopeSpans: fc.array(scopeSpans, { maxLength: 3 }), schemaUrl: text },
  { requiredKeys: ["scopeSpans"] },
);
const request = fc.record({ resourceSpans: fc.array(resourceSpans, { maxLength: 3 }) });
