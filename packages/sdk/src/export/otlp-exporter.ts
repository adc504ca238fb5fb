import { OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import {
  createOtlpHttpExportDelegate,
  httpAgentFactoryFromOptions,
} from "@opentelemetry/otlp-exporter-base/node-http";
import { ProtobufTraceSerializer, TraceExporterMetricsHelper } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { isLoopback, type Endpoint } from "./endpoint.ts";

type Compression = "gzip" | "none";
type CompressionSetting = Parameters<typeof createOtlpHttpExportDelegate>[0]["compression"];

/**
 * OTLP over HTTP with protobuf. Made from the exporter's parts and not from the exporter, because that one adds
 * the OTEL_EXPORTER_OTLP_HEADERS of the environment, with their keys, to the requests of every destination.
 */
export function createOtlpExporter(
  { url, headers }: Endpoint,
  { timeoutMs, compression }: { timeoutMs: number; compression?: Compression | undefined },
): SpanExporter {
  const chosen: Compression = compression ?? (isLoopback(url) ? "none" : "gzip");
  const delegate = createOtlpHttpExportDelegate(
    {
      url,
      headers: async () => ({ ...headers, "content-type": "application/x-protobuf" }),
      timeoutMillis: timeoutMs,
      compression: chosen as CompressionSetting,
      // A flush sends every batch of the queue at once.
      concurrencyLimit: 64,
      agentFactory: httpAgentFactoryFromOptions({ keepAlive: true }),
      userAgent: "nightowl-sdk",
    },
    ProtobufTraceSerializer,
    "otlp_http_span_exporter",
    TraceExporterMetricsHelper,
    undefined,
  );
  return new OTLPExporterBase<ReadableSpan[]>(delegate);
}
