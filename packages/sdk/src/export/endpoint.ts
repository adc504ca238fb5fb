import type { TracingOptions } from "../tracing-options.ts";

const DEFAULT_ENDPOINT = "http://localhost:6006/v1/traces";
const TRACES_PATH = "/v1/traces";

/** An OTLP/HTTP address and what is sent along with every request to it. */
export interface Endpoint {
  url: string;
  headers: Record<string, string>;
}

type Environment = Record<string, string | undefined>;

/**
 * Where traces go and with which headers: the option, then NIGHTOWL_ENDPOINT, PHOENIX_COLLECTOR_ENDPOINT and the
 * standard OTEL_EXPORTER_OTLP_* variables, then this machine's port 6006. Each source brings its own headers and
 * keys, so that one vendor's key never reaches another.
 * Undefined when `endpoint` is `false`. Throws a TypeError for what is no http(s) address.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function resolveEndpoint(options: TracingOptions, env: Environment): Endpoint | undefined {
  if (options.endpoint === false) return undefined;
  const own = { ...bearer(options.apiKey), ...lowerCased(options.headers ?? {}) };
  const nightowl = filled(options.endpoint) ?? filled(env["NIGHTOWL_ENDPOINT"]);
  const nightowlHeaders = { ...bearer(env["NIGHTOWL_API_KEY"]), ...own };
  if (nightowl !== undefined) return { url: toTracesUrl(nightowl), headers: nightowlHeaders };

  const phoenix = filled(env["PHOENIX_COLLECTOR_ENDPOINT"]);
  if (phoenix !== undefined) {
    const headers = {
      ...bearer(env["PHOENIX_API_KEY"]),
      ...parseHeaders(env["PHOENIX_CLIENT_HEADERS"]),
      ...own,
    };
    return { url: withTracesPath(phoenix), headers };
  }

  const otelHeaders = {
    ...parseHeaders(env["OTEL_EXPORTER_OTLP_HEADERS"]),
    ...parseHeaders(env["OTEL_EXPORTER_OTLP_TRACES_HEADERS"]),
    ...own,
  };
  // The specification: the signal's own variable is used as it is, the general one gets the path.
  const otelTraces = filled(env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]);
  if (otelTraces !== undefined) return { url: toUrl(otelTraces).href, headers: otelHeaders };
  const otel = filled(env["OTEL_EXPORTER_OTLP_ENDPOINT"]);
  if (otel !== undefined) return { url: withTracesPath(otel), headers: otelHeaders };
  return { url: DEFAULT_ENDPOINT, headers: nightowlHeaders };
}

/** An address as people write it: `localhost:6006` and `https://host` get `/v1/traces`, a path is left alone. */
export function toTracesUrl(address: string): string {
  const url = toUrl(address);
  if (url.pathname === "/") url.pathname = TRACES_PATH;
  return url.href;
}

/** Whether an address is this machine's. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

/** Headers as OpenTelemetry writes them in a variable: `a=1,b=2`, percent-encoded. What is none is left out. */
export function parseHeaders(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text?.split(",") ?? []) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim().toLowerCase();
    if (at > 0 && name !== "") headers[name] = decoded(pair.slice(at + 1).trim());
  }
  return headers;
}

function withTracesPath(address: string): string {
  const url = toUrl(address);
  if (!url.pathname.endsWith(TRACES_PATH)) url.pathname = url.pathname.replace(/\/$/, "") + TRACES_PATH;
  return url.href;
}

function toUrl(address: string): URL {
  const text = address.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!/^https?:/i.test(withScheme) || !URL.canParse(withScheme)) {
    // Without what it may carry of a password.
    const shown = text.replace(/\/\/[^/]*@/, "//…@");
    throw new TypeError(`"${shown}" is no address to send traces to; one is http://localhost:6006`);
  }
  return new URL(withScheme);
}

function bearer(apiKey: string | undefined): Record<string, string> {
  return filled(apiKey) === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
