import type { SpanExporter, ReadableSpan } from "@opentelemetry/sdk-trace";
import type { AttributeValue } from "@opentelemetry/api";
import type { TraceConfigOptions } from "@arizeai/openinference-core";
import type { SamplingOptions } from "./sampling/sampling-options.ts";

/** One more place that every kept span is sent to: an OTLP/HTTP address, or an exporter of your own. */
export type Destination =
  | SpanExporter
  | {
      /** OTLP over HTTP with protobuf. A bare host gets `/v1/traces`. */
      url: string;
      /** Sent with every request to this destination, and to no other. */
      headers?: Record<string, string>;
      /** gzip unless the address is this machine's. */
      compression?: "gzip" | "none";
    };

/**
 * A value on its way out of the process: return it, another one, or undefined to leave it out.
 * One that throws hides the value it was asked about.
 */
export type MaskFunction = (
  value: AttributeValue,
  at: {
    /** The attribute's name; `status.message` for the message of the span's status. */
    key: string;
    span: ReadableSpan;
    /** The name of the event whose attribute it is. */
    event?: string;
  },
) => AttributeValue | undefined;

/** Options of `initTracing`. All are optional. */
export interface TracingOptions {
  /** `service.name` of the resource. Default: OTEL_SERVICE_NAME, else "stack". */
  serviceName?: string;
  /** `service.version` of the resource. */
  serviceVersion?: string;
  /** `deployment.environment.name` of the resource. */
  environment?: string;
  /** More attributes of the resource. */
  resourceAttributes?: Record<string, string | number | boolean>;
  /**
   * Where Nightowl is. Default: NIGHTOWL_ENDPOINT, PHOENIX_COLLECTOR_ENDPOINT,
   * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT, else http://localhost:6006/v1/traces.
   * A bare host gets `/v1/traces`. `false` sends to `exporters` only.
   */
  endpoint?: string | false;
  /** Headers for `endpoint`. */
  headers?: Record<string, string>;
  /**
   * Sent as `authorization: Bearer …` to where traces go. Default: NIGHTOWL_API_KEY, unless the address is that of
   * the PHOENIX_ or OTEL_ variables, which have keys of their own.
   */
  apiKey?: string;
  /** The project that the traces belong to. Default: NIGHTOWL_PROJECT, PHOENIX_PROJECT_NAME. */
  project?: string;
  /** Further destinations beside `endpoint`; a slow or dead one costs the others nothing. */
  exporters?: Destination[];
  /** Print a line for each span that ended. Default: false. */
  console?: boolean;
  /** Which traces to keep. Default: all of them. */
  sampling?: SamplingOptions;

  /** Hide what went in: input values, messages, tool arguments, queries, template variables. */
  maskInputs?: boolean;
  /** Hide what came out: output values, messages, found documents. */
  maskOutputs?: boolean;
  /** Hide attributes by name or pattern. */
  maskAttributes?: (string | RegExp)[];
  /** The attributes of spans, events and links and the status message pass through here, after the rules above. */
  mask?: MaskFunction;
  /** OpenInference's own finer switches; each defaults to its OPENINFERENCE_HIDE_* variable. */
  traceConfig?: TraceConfigOptions;

  /** Spans kept for sending, for each destination. Default: 8192. Past it, new spans are lost and counted. */
  maxQueueSpans?: number;
  /** About how much of them, in bytes of text. Default: 64 MiB. */
  maxQueueBytes?: number;
  /** How long a span waits for company before it is sent, in milliseconds. Default: 1000. */
  exportDelayMs?: number;
  /** How long one request may take, retries included, in milliseconds. Default: 10000. */
  exportTimeoutMs?: number;
  /** Where the few lines go that the SDK has to say (losses, a server that cannot be reached). Default: console.warn. */
  log?: (line: string) => void;
}
