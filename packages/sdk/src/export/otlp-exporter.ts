import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { isLoopback, type Endpoint } from "./endpoint.ts";
import { HttpSender } from "./http-sender.ts";

export interface OtlpExporterOptions {
  /** How long an export may take, with all its attempts. */
  timeoutMs: number;
  /** Default: gzip, except to this machine. */
  compression?: "gzip" | "none" | undefined;
  /** Told of spans that the destination took and refused (OTLP's partial success). */
  onRejected?: (spans: number, reason: string) => void;
}

/**
 * OTLP over HTTP with protobuf, in OpenTelemetry's own encoding. The published exporter is not used: it adds the
 * OTEL_EXPORTER_OTLP_HEADERS of the environment, with their keys, to the requests of every destination, and its
 * waiting between attempts keeps a process that is done alive for ten seconds.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class OtlpExporter implements SpanExporter {
  readonly #sender: HttpSender;
  readonly #onRejected: (spans: number, reason: string) => void;

  constructor({ url, headers }: Endpoint, options: OtlpExporterOptions) {
    this.#onRejected = options.onRejected ?? (() => {});
    this.#sender = new HttpSender({
      url,
      headers: { ...headers, "content-type": "application/x-protobuf" },
      timeoutMs: options.timeoutMs,
      isCompressed: (options.compression ?? (isLoopback(url) ? "none" : "gzip")) === "gzip",
    });
  }

  async export(spans: ReadableSpan[], done: (result: ExportResult) => void): Promise<void> {
    done(await this.#send(spans));
  }

  /** For a process that is about to end: what waits for another attempt is sent now, and then no more. */
  hurry(isHurried: boolean): void {
    this.#sender.hurry(isHurried);
  }

  shutdown(): Promise<void> {
    this.#sender.close();
    return Promise.resolve();
  }

  async #send(spans: ReadableSpan[]): Promise<ExportResult> {
    try {
      const body = ProtobufTraceSerializer.serializeRequest(spans);
      if (body === undefined) throw new Error("the spans cannot be encoded");
      const { rejected, reason } = readPartialSuccess(await this.#sender.send(body));
      if (rejected > 0) this.#onRejected(rejected, reason);
      return { code: ExportResultCode.SUCCESS };
    } catch (error) {
      return {
        code: ExportResultCode.FAILED,
        error: error instanceof Error ? error : new Error(String(error)),
      };
    }
  }
}

function readPartialSuccess(answer: Uint8Array): { rejected: number; reason: string } {
  try {
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(answer);
    const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
    return { rejected, reason: partialSuccess?.errorMessage ?? "it did not say why" };
  } catch {
    // Something else than OTLP answered with success. Whether it kept the spans cannot be known.
    return { rejected: 0, reason: "" };
  }
}
