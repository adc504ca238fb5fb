import type { Resource, Scope, WireSpan } from "@nightowl/model/span/span";

/**
 * Spans by resource and then by scope, as OTLP sends them. Resources and scopes are told apart as objects:
 * a decoder gives all spans of one group the same one. Each in the order of its first span.
 */
export function groupSpans(spans: readonly WireSpan[]): Map<Resource, Map<Scope, WireSpan[]>> {
  const groups = new Map<Resource, Map<Scope, WireSpan[]>>();
  for (const span of spans) {
    let scopes = groups.get(span.resource);
    if (scopes === undefined) groups.set(span.resource, (scopes = new Map<Scope, WireSpan[]>()));
    const group = scopes.get(span.scope);
    if (group === undefined) scopes.set(span.scope, [span]);
    else group.push(span);
  }
  return groups;
}

/** OTLP's numbers of the status codes. */
export const STATUS_CODE_NUMBERS = { UNSET: 0, OK: 1, ERROR: 2 } as const;
