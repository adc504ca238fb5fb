import { ProtobufWriter } from "./protobuf-writer.ts";

/** The two encodings that OTLP has. */
export type OtlpEncoding = "protobuf" | "json";

/**
 * The body that answers a trace request that was accepted, whole or in part: an `ExportTraceServiceResponse`.
 * With nothing rejected and no message it says plain success: an empty body in protobuf, `{}` in JSON. With
 * nothing rejected but a message it is a warning.
 *
 * Spec: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function encodeTraceResponse(
  result: { rejectedSpans: number; errorMessage: string },
  encoding: OtlpEncoding,
): Uint8Array {
  const { rejectedSpans, errorMessage } = result;
  const isPartial = rejectedSpans !== 0 || errorMessage !== "";
  if (encoding === "json") {
    return jsonBytes(
      isPartial ? { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } } : {},
    );
  }
  const writer = new ProtobufWriter();
  if (isPartial) {
    writer.message(1, () => {
      if (rejectedSpans !== 0) writer.varint(1, rejectedSpans);
      if (errorMessage !== "") writer.text(2, errorMessage);
    });
  }
  return writer.finish();
}

/**
 * The body that answers a request that was refused: a `google.rpc.Status`. `code` is a gRPC status code, such as
 * 3 for an invalid argument.
 *
 * Spec: https://opentelemetry.io/docs/specs/otlp/#failures-1
 */
export function encodeStatus(status: { code: number; message: string }, encoding: OtlpEncoding): Uint8Array {
  const { code, message } = status;
  if (encoding === "json") return jsonBytes({ code, message });
  const writer = new ProtobufWriter();
  if (code !== 0) writer.varint(1, code);
  if (message !== "") writer.text(2, message);
  return writer.finish();
}

function jsonBytes(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
