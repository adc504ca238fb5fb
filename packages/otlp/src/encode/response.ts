import { ProtobufWriter } from "./protobuf-writer.ts";

/** The two encodings that OTLP has. */
export type OtlpEncoding = "protobuf" | "json";

/** The signals that are kept, as OTLP's paths name them. */
export type OtlpSignal = "traces" | "logs";

const REJECTED_MEMBER: Record<OtlpSignal, string> = {
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
};

/**
 * The body that answers a request that was accepted, whole or in part: an `ExportTraceServiceResponse` or an
 * `ExportLogsServiceResponse`. With nothing rejected and no message it says plain success: an empty body in
 * protobuf, `{}` in JSON. With nothing rejected but a message it is a warning.
 *
 * Spec: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function encodeExportResponse(
  signal: OtlpSignal,
  result: { rejectedCount: number; errorMessage: string },
  encoding: OtlpEncoding,
): Uint8Array {
  const { rejectedCount, errorMessage } = result;
  const isPartial = rejectedCount !== 0 || errorMessage !== "";
  if (encoding === "json") {
    return jsonBytes(
      isPartial ? { partialSuccess: { [REJECTED_MEMBER[signal]]: String(rejectedCount), errorMessage } } : {},
    );
  }
  const writer = new ProtobufWriter();
  if (isPartial) {
    writer.message(1, () => {
      if (rejectedCount !== 0) writer.varint(1, rejectedCount);
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
