import type { AttributeValue, Attributes } from "@nightowl/model/span/attributes";
import type { SpanDetail } from "@nightowl/model/api/spans";

/** A line of the attributes list: a section's heading, or one attribute. */
export type AttributeRow =
  | { type: "section"; id: string; title: string; count: number }
  | {
      type: "attribute";
      id: string;
      section: string;
      key: string;
      value: AttributeValue;
      claimed: boolean;
      truncated: boolean;
      /** What a click filters the Traces page by; absent where no filter can say it. */
      filter?: { field: string; value: string };
    };

/** Filter fields that say what some resource attributes say. */
const RESOURCE_FIELDS: Record<string, string> = {
  "service.name": "service",
  "deployment.environment": "env",
  "deployment.environment.name": "env",
};

/** All that was sent with a span, in sections; with `search`, the attributes whose key or value contains it. */
export function attributeRows(span: SpanDetail, search: string): AttributeRow[] {
  const wanted = search.trim().toLowerCase();
  const claimed = new Set(span.claimedKeys);
  const truncated = new Set(span.truncated);
  const rows: AttributeRow[] = [];
  const add = (section: string, title: string, attributes: Attributes) => {
    const entries = Object.entries(attributes).filter(([key, value]) => matches(key, value, wanted));
    if (entries.length === 0) return;
    rows.push({ type: "section", id: section, title, count: entries.length });
    for (const [key, value] of entries) {
      const filter = filterOf(section, key, value);
      rows.push({
        type: "attribute",
        id: `${section} ${key}`,
        section,
        key,
        value,
        claimed: section === "span" && claimed.has(key),
        truncated: section === "span" && truncated.has(key),
        ...(filter ? { filter } : {}),
      });
    }
  };
  add("span", "Span", span.attributes);
  add("resource", "Resource", span.resource.attributes);
  add("scope", scopeTitle(span), { ...scopeFacts(span), ...span.scope.attributes });
  for (const [index, link] of span.links.entries()) {
    const facts: Attributes = { "trace id": link.traceId, "span id": link.spanId };
    if (link.traceState !== "") facts["trace state"] = link.traceState;
    add(`link-${index}`, `Link ${index + 1}`, { ...facts, ...link.attributes });
  }
  add("identity", "Identity", identityOf(span));
  return rows;
}

function scopeTitle(span: SpanDetail): string {
  return span.scope.name === "" ? "Scope" : `Scope ${span.scope.name}`;
}

function scopeFacts(span: SpanDetail): Attributes {
  const facts: Attributes = {};
  if (span.scope.name !== "") facts["name"] = span.scope.name;
  if (span.scope.version !== "") facts["version"] = span.scope.version;
  if (span.scope.schemaUrl !== "") facts["schema url"] = span.scope.schemaUrl;
  return facts;
}

function identityOf(span: SpanDetail): Attributes {
  const facts: Attributes = { "trace id": span.traceId, "span id": span.spanId };
  if (span.parentSpanId !== "") facts["parent span id"] = span.parentSpanId;
  if (span.traceState !== "") facts["trace state"] = span.traceState;
  facts["start, ns"] = span.startTimeNs;
  facts["end, ns"] = span.endTimeNs;
  facts["flags"] = span.flags;
  facts["read by"] = span.dialects.length === 0 ? "no dialect" : span.dialects.join(", ");
  return facts;
}

function filterOf(
  section: string,
  key: string,
  value: AttributeValue,
): { field: string; value: string } | undefined {
  if (value === null || typeof value === "object") return undefined;
  const text = String(value);
  // A filter of a long text would not fit an address, nor help.
  if (text === "" || text.length > 200) return undefined;
  if (section === "span") return { field: `@${key}`, value: text };
  const field = section === "resource" ? RESOURCE_FIELDS[key] : undefined;
  return field === undefined ? undefined : { field, value: text };
}

function matches(key: string, value: AttributeValue, wanted: string): boolean {
  if (wanted === "" || key.toLowerCase().includes(wanted)) return true;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.toLowerCase().includes(wanted);
}
