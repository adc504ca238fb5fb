import type { Resource, Scope } from "@nightowl/model/span/span";

/**
 * Spans or log records by resource and then by scope, as OTLP sends them. Resources and scopes are told apart as
 * objects: a decoder gives all items of one group the same one. Each in the order of its first item.
 */
export function groupByOrigin<T extends { resource: Resource; scope: Scope }>(
  items: readonly T[],
): Map<Resource, Map<Scope, T[]>> {
  const groups = new Map<Resource, Map<Scope, T[]>>();
  for (const item of items) {
    let scopes = groups.get(item.resource);
    if (scopes === undefined) groups.set(item.resource, (scopes = new Map<Scope, T[]>()));
    const group = scopes.get(item.scope);
    if (group === undefined) scopes.set(item.scope, [item]);
    else group.push(item);
  }
  return groups;
}

/** OTLP's numbers of the status codes. */
export const STATUS_CODE_NUMBERS = { UNSET: 0, OK: 1, ERROR: 2 } as const;
