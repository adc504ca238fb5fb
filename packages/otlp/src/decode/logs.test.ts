import { readdirSync, readFileSync } from "node:fs";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { encodeLogsProtobuf } from "../encode/protobuf.ts";
import { DecodeError } from "./decoded.ts";
import { decodeLogsJson } from "./logs-json.ts";
import { decodeLogsProtobuf } from "./logs-protobuf.ts";
import { exportLogsServiceRequest } from "./testing/otlp-descriptor.ts";

const FIXTURES = new URL("../../fixtures/", import.meta.url);
const captures = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith("logs.json"),
);

describe("captures of real senders", () => {
  it.each(captures)("%s is the same record by record after a way through protobuf", (path) => {
    const { records, rejected } = decodeLogsJson(readFileSync(new URL(path, FIXTURES)));
    expect(rejected).toEqual([]);
    expect(records.length).toBeGreaterThan(0);
    expect(records.every((record) => record.notes.length === 0)).toBe(true);
    expect(decodeLogsProtobuf(encodeLogsProtobuf(records))).toEqual({ records, rejected: [] });
  });
});

const TRACE_ID = "000102030405060708090a0b0c0d0e0f";
const SPAN_ID = "0001020304050607";

function request(...records: Record<string, unknown>[]): Record<string, unknown> {
  return { resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] };
}

function jsonOf(...records: Record<string, unknown>[]): string {
  return JSON.stringify(request(...records));
}

it("reads every field, as an independent library writes them", () => {
  const text = (stringValue: string) => ({ value: { case: "stringValue", value: stringValue } });
  const message = create(
    exportLogsServiceRequest,
    request({
      timeUnixNano: 1_795_132_800_123_456_789n,
      observedTimeUnixNano: 1_795_132_800_987_654_321n,
      severityNumber: 17,
      severityText: "ERROR",
      body: text("it broke"),
      attributes: [{ key: "a", value: text("b") }],
      droppedAttributesCount: 3,
      flags: 1,
      traceId: Buffer.from(TRACE_ID, "hex"),
      spanId: Buffer.from(SPAN_ID, "hex"),
      eventName: "broken",
    }),
  );
  const wanted = {
    timeNs: "1795132800123456789",
    observedTimeNs: "1795132800987654321",
    severityNumber: 17,
    severityText: "ERROR",
    body: "it broke",
    attributes: { a: "b" },
    droppedAttributesCount: 3,
    flags: 1,
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    eventName: "broken",
    notes: [],
  };
  expect(decodeLogsProtobuf(toBinary(exportLogsServiceRequest, message)).records).toMatchObject([wanted]);
  // Protobuf's own JSON has base64 where OTLP's has hex.
  const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");
  const json = toJsonString(exportLogsServiceRequest, message)
    .replace(base64(TRACE_ID), TRACE_ID)
    .replace(base64(SPAN_ID), SPAN_ID);
  expect(json).toContain("SEVERITY_NUMBER_ERROR");
  expect(decodeLogsJson(json).records).toMatchObject([wanted]);
});

it("keeps a record whose ids are none, without them and with a note", () => {
  const { records } = decodeLogsJson(
    jsonOf({ traceId: "0".repeat(32), spanId: "abcd", body: { stringValue: "x" } }),
  );
  expect(records).toMatchObject([{ traceId: "", spanId: "", body: "x", notes: [{ code: "invalid_id" }] }]);
});

it("rejects what cannot be read alone, by its position and name", () => {
  const { records, rejected } = decodeLogsJson(
    jsonOf({ eventName: "a" }, { eventName: "b", attributes: 7 }, { timeUnixNano: "9999999999999999999" }),
  );
  expect(records.map((record) => record.eventName)).toEqual(["a"]);
  expect(rejected).toMatchObject([
    { index: 1, name: "b", reason: expect.stringContaining("not a list") as string },
    { index: 2, reason: expect.stringContaining("beyond the year 2262") as string },
  ]);
});

it.each([
  ["no JSON", () => decodeLogsJson("{")],
  ["a trace request in JSON", () => decodeLogsJson('{"resourceSpans":[]}')],
  ["no protobuf", () => decodeLogsProtobuf(Buffer.from("resourceLogs"))],
])("refuses %s as a whole", (_what, decode) => {
  expect(decode).toThrow(DecodeError);
});
