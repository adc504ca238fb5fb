import type { Palette } from "./palette.ts";

export interface Started {
  version: string;
  /** URL of the page and the API; it receives OTLP/HTTP too. */
  http: string;
  /** URL of OTLP/HTTP on its standard port; null when that is closed. */
  otlpHttp: string | null;
  /** `host:port`; null when it is closed. */
  grpc: string | null;
  dataDir: string;
  warnings: readonly string[];
}

/** What the server says when it is ready: where it is, where its data is, and how to send it a first trace. */
export function formatBanner(started: Started, palette: Palette): string[] {
  const { version, http, otlpHttp, grpc, dataDir, warnings } = started;
  const facts: [string, string][] = [
    ["page", palette.bold(http)],
    ["data", dataDir],
    ["OTLP/HTTP", [http, otlpHttp].filter((url) => url !== null).join("  ")],
    ["OTLP/gRPC", grpc ?? "off"],
  ];
  return [
    `nightowl ${version} is ready`,
    "",
    ...facts.map(([name, value]) => `  ${palette.dim(name.padEnd(10))} ${value}`),
    ...(warnings.length > 0 ? ["", ...warnings.map((warning) => `  ${palette.yellow(`! ${warning}`)}`)] : []),
    "",
    "Point an app with OpenTelemetry at it, or send a first trace from another terminal:",
    "",
    ...firstTraceLines(http).map((line) => `  ${line}`),
  ];
}

/** Lines for a POSIX shell: the two variables that every OpenTelemetry SDK reads, and a trace by curl. */
export function firstTraceLines(url: string): [endpoint: string, protocol: string, curl: string] {
  const span = {
    traceId: "%032x",
    spanId: "%016x",
    name: "hello",
    startTimeUnixNano: "%s000000000",
    endTimeUnixNano: "%s250000000",
    attributes: [
      text("openinference.span.kind", "LLM"),
      text("input.value", "Who is there?"),
      text("output.value", "Hoo."),
    ],
  };
  const request = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  return [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    `t=$(date +%s); printf '${request}' $t $t $t $t | curl -sS -H 'content-type: application/json' -d @- ${url}/v1/traces`,
  ];
}

function text(key: string, stringValue: string): { key: string; value: { stringValue: string } } {
  return { key, value: { stringValue } };
}
