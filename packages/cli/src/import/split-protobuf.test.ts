import { describe, expect, it } from "vitest";
import {
  ProtobufSyntaxError,
  readPartialSuccess,
  readStatusMessage,
  splitProtobufRequest,
} from "./split-protobuf.ts";

const message = (field: number, ...bodies: Uint8Array[]): Buffer => {
  const body = Buffer.concat(bodies);
  const length: number[] = [];
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest > 127 ? (rest % 128) + 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length]), body]);
};
const word = (field: number, text: string): Buffer => message(field, Buffer.from(text));
const span = (name: string): Buffer => message(2, word(1, "0123456789abcdef"), word(5, name));
const scope = message(1, word(1, "scope"));
const resource = message(1, word(1, "resource"));
const resourceSpans = (...names: string[]): Buffer =>
  message(1, resource, message(2, scope, ...names.map(span), word(3, "schema")));

describe("splitProtobufRequest", () => {
  it("counts spans and leaves a small request whole", () => {
    const request = Buffer.concat([resourceSpans("a", "b"), resourceSpans("c")]);
    const pieces = splitProtobufRequest(request, 1e6);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]?.spanCount).toBe(3);
    expect(Buffer.from(pieces[0]?.bytes ?? []).equals(request)).toBe(true);
  });

  it("cuts between resources", () => {
    const [first, second] = [resourceSpans("a", "b"), resourceSpans("c")];
    const pieces = splitProtobufRequest(Buffer.concat([first, second]), first.length + 12);
    expect(pieces.map((piece) => Buffer.from(piece.bytes))).toEqual([first, second]);
  });

  it("cuts one large resource between its spans, each part with resource, scope and schema", () => {
    const pieces = splitProtobufRequest(resourceSpans("a".repeat(300), "b", "c"), 100);
    expect(pieces.map((piece) => piece.spanCount).reduce((a, b) => a + b)).toBe(3);
    expect(pieces.length).toBeGreaterThan(1);
    for (const { bytes } of pieces) {
      for (const part of [resource, scope, word(3, "schema")]) {
        expect(Buffer.from(bytes).includes(part)).toBe(true);
      }
    }
    expect(Buffer.from(pieces.at(-1)?.bytes ?? []).includes(span("c"))).toBe(true);
  });

  it("refuses what cannot be a request", () => {
    expect(() => splitProtobufRequest(Buffer.from("hello, world"), 100)).toThrow(ProtobufSyntaxError);
    expect(() => splitProtobufRequest(resourceSpans("a").subarray(0, 20), 100)).toThrow("ends inside");
    expect(() => splitProtobufRequest(Buffer.from([8, 1]), 100)).toThrow("not a message");
  });
});

describe("answers", () => {
  it("reads a partial success", () => {
    const partial = message(1, Buffer.from([8, 2]), word(2, "span 3: id of 7 bytes"));
    expect(readPartialSuccess(partial)).toEqual({ rejectedSpans: 2, errorMessage: "span 3: id of 7 bytes" });
    expect(readPartialSuccess(Buffer.alloc(0))).toEqual({ rejectedSpans: 0, errorMessage: "" });
  });

  it("reads a status", () => {
    expect(readStatusMessage(Buffer.concat([Buffer.from([8, 3]), word(2, "not protobuf")]))).toBe(
      "not protobuf",
    );
  });
});
