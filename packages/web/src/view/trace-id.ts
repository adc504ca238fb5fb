/** What a pasted text names: a trace, a span, or neither. */
export type PastedId = { type: "trace"; traceId: string } | { type: "span"; spanId: string };

/**
 * Finds an id in what people paste: bare hex in any case, a UUID, a `traceparent` header
 * (W3C Trace Context: `00-<trace>-<span>-01`), or a link to a trace page.
 */
export function parsePastedId(text: string): PastedId | undefined {
  const lower = text.trim().toLowerCase();
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(lower);
  if (parent?.[1] !== undefined) return { type: "trace", traceId: parent[1] };
  const link = /\/traces\/([0-9a-f]{32})(?![0-9a-f])/.exec(lower);
  if (link?.[1] !== undefined) return { type: "trace", traceId: link[1] };
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower)) {
    return { type: "trace", traceId: lower.replaceAll("-", "") };
  }
  if (/^[0-9a-f]{32}$/.test(lower)) return { type: "trace", traceId: lower };
  if (/^[0-9a-f]{16}$/.test(lower)) return { type: "span", spanId: lower };
  return undefined;
}

/** `4f8d2c91…a07e`. */
export function shortTraceId(traceId: string): string {
  return `${traceId.slice(0, 8)}…${traceId.slice(-4)}`;
}
