import { readdirSync, readFileSync } from "node:fs";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTraceJson } from "../decode/json.ts";
import { decodeTraceProtobuf } from "../decode/protobuf.ts";
import { generatedRequests } from "../decode/testing/generated-requests.ts";
import { readWithOracle } from "../decode/testing/oracle.ts";
import { exportTraceServiceResponse, rpcStatus } from "../decode/testing/otlp-descriptor.ts";
import { encodeTraceJson } from "./json.ts";
import { encodeTraceProtobuf } from "./protobuf.ts";
import { encodeStatus, encodeExportResponse } from "./response.ts";

const FIXTURES = new URL("../../fixtures/", import.meta.url);
const captures = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith("request.json"),
);

function withoutNotes<T extends { notes: unknown }>(spans: T[]): T[] {
  return spans.map((span) => ({ ...span, notes: [] }));
}

describe("captures of real senders", () => {
  it("are there", () => {
    expect(captures.length).toBeGreaterThan(100);
  });

  it.each(captures)("%s is the same span by span after a way through protobuf and through JSON", (path) => {
    const { spans, rejected } = decodeTraceJson(readFileSync(new URL(path, FIXTURES)));
    expect(rejected).toEqual([]);
    expect(spans.length).toBeGreaterThan(0);
    const plain = withoutNotes(spans);
    const bytes = encodeTraceProtobuf(spans);
    expect(decodeTraceProtobuf(bytes)).toEqual({ spans: plain, rejected: [] });
    expect(readWithOracle(bytes)).toEqual(plain);
    expect(decodeTraceJson(encodeTraceJson(spans))).toEqual({ spans: plain, rejected: [] });
  });

  it("earn no notes, but for those of Codex, which sends a key twice, and the one that was made to", () => {
    const noted = captures.filter((path) =>
      decodeTraceJson(readFileSync(new URL(path, FIXTURES))).spans.some((span) => span.notes.length > 0),
    );
    expect(noted.filter((path) => !path.startsWith("codex/"))).toEqual([
      "handmade/encoding-edge-cases/request.json",
    ]);
  });
});

describe("generated spans", () => {
  it("are read back as they were by both decoders", () => {
    fc.assert(
      fc.property(generatedRequests(), (request) => {
        const spans = withoutNotes(decodeTraceProtobuf(request).spans);
        const bytes = encodeTraceProtobuf(spans);
        expect(withoutNotes(decodeTraceProtobuf(bytes).spans)).toEqual(spans);
        expect(readWithOracle(bytes)).toEqual(spans);
        expect(withoutNotes(decodeTraceJson(encodeTraceJson(spans)).spans)).toEqual(spans);
      }),
      { numRuns: 200 },
    );
  });

  it("keep their groups", () => {
    const spans = fc
      .sample(generatedRequests(), { seed: 7, numRuns: 20 })
      .flatMap((bytes) => decodeTraceProtobuf(bytes).spans);
    const decoded = decodeTraceProtobuf(encodeTraceProtobuf(spans)).spans;
    const count = (list: typeof spans, of: "resource" | "scope") =>
      new Set(list.map((span) => span[of])).size;
    expect(count(spans, "resource")).toBeGreaterThan(5);
    expect(count(decoded, "resource")).toBe(count(spans, "resource"));
    expect(count(decoded, "scope")).toBe(count(spans, "scope"));
  });

  it("none at all are an empty request", () => {
    expect(encodeTraceProtobuf([])).toHaveLength(0);
    expect(decodeTraceJson(encodeTraceJson([]))).toEqual({ spans: [], rejected: [] });
  });
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("encodeExportResponse", () => {
  it("says plain success with nothing", () => {
    const result = { rejectedCount: 0, errorMessage: "" };
    expect(encodeExportResponse("traces", result, "protobuf")).toHaveLength(0);
    expect(text(encodeExportResponse("traces", result, "json"))).toBe("{}");
  });

  it.each([
    { rejectedCount: 3, errorMessage: 'span 1 ("é"): its trace id is all zero' },
    { rejectedCount: 1_000_000, errorMessage: "" },
    { rejectedCount: 0, errorMessage: "a warning" },
  ])("says partial success and warnings: %j", (result) => {
    const { rejectedCount, errorMessage } = result;
    const read = fromBinary(exportTraceServiceResponse, encodeExportResponse("traces", result, "protobuf"));
    expect(read).toMatchObject({
      partialSuccess: { errorMessage, rejectedSpans: BigInt(rejectedCount) },
    });
    expect(JSON.parse(text(encodeExportResponse("traces", result, "json")))).toEqual({
      partialSuccess: { errorMessage, rejectedSpans: String(rejectedCount) },
    });
    expect(encodeExportResponse("logs", result, "protobuf")).toEqual(
      encodeExportResponse("traces", result, "protobuf"),
    );
    expect(JSON.parse(text(encodeExportResponse("logs", result, "json")))).toEqual({
      partialSuccess: { errorMessage, rejectedLogRecords: String(rejectedCount) },
    });
    expect(toJson(exportTraceServiceResponse, read, { alwaysEmitImplicit: true })).toEqual(
      JSON.parse(text(encodeExportResponse("traces", result, "json"))),
    );
  });
});

describe("encodeStatus", () => {
  it.each([
    { code: 3, message: "not protobuf" },
    { code: 0, message: "" },
    { code: 14, message: "🦉" },
  ])("%j", (status) => {
    expect(fromBinary(rpcStatus, encodeStatus(status, "protobuf"))).toMatchObject(status);
    expect(JSON.parse(text(encodeStatus(status, "json")))).toEqual(status);
  });
});
