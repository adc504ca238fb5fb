/**
 * google.rpc.Status with a RetryInfo, for gRPC's `grpc-status-details-bin`: OTLP senders retry
 * RESOURCE_EXHAUSTED only when it is there.
 * Spec: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling, google/rpc/error_details.proto
 */
export function encodeRetryStatus(code: number, message: string, retryAfterSeconds: number): Buffer {
  // Duration.seconds = 1; RetryInfo.retry_delay = 1; Any.type_url = 1, .value = 2; Status: code = 1, message = 2, details = 3.
  const duration = Buffer.concat([Buffer.of(0x08), varint(retryAfterSeconds)]);
  const retryInfo = field(1, duration);
  const any = Buffer.concat([
    field(1, Buffer.from("type.googleapis.com/google.rpc.RetryInfo")),
    field(2, retryInfo),
  ]);
  return Buffer.concat([Buffer.of(0x08), varint(code), field(2, Buffer.from(message)), field(3, any)]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
