import type { Payload } from "@nightowl/model/span/span";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { jsonText } from "./record.ts";

const JSON_TYPE = "application/json";

/**
 * A span's input or output as it was sent, with the type that the sender named or, failing that, JSON where
 * it is JSON. A value that is no text becomes JSON text. JSON that was cut off counts as text, with a
 * `complaint` (a predicate, such as "is JSON that was cut off").
 */
export function toPayload(
  value: unknown,
  mimeType: string | undefined,
): { payload: Payload; complaint?: string } {
  if (typeof value !== "string") return { payload: { value: jsonText(value), mimeType: JSON_TYPE } };
  const saysJson = mimeType?.toLowerCase().includes("json") === true;
  if (saysJson && hasBothEnds(value)) return { payload: { value, mimeType: JSON_TYPE } };
  if (mimeType === undefined && isJsonDocument(value)) return { payload: { value, mimeType: JSON_TYPE } };
  const payload: Payload = { value, mimeType: "text/plain" };
  // Some SDKs call every output JSON: plain text is nothing to complain of.
  return saysJson && /^\s*[[{"]/.test(value)
    ? { payload, complaint: "says it is JSON, and is not" }
    : { payload };
}

/** A cheap look at both ends: what was cut off has lost its last one. */
function hasBothEnds(text: string): boolean {
  const trimmed = text.trim();
  const ends = `${trimmed[0] ?? ""}${trimmed.at(-1) ?? ""}`;
  if (ends === "{}" || ends === "[]" || (ends === '""' && trimmed.length > 1)) return true;
  return /^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(trimmed);
}

function isJsonDocument(text: string): boolean {
  const first = text.trimStart()[0];
  if ((first !== "{" && first !== "[") || !hasBothEnds(text)) return false;
  return typeof jsonOf(text) !== "string" || isJson(text);
}

/** Also where it is nested so deep that nobody opens it. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A payload for a value that came from elsewhere on the span: text as text, the rest as JSON. */
export function payloadOf(value: unknown): Payload {
  if (typeof value === "string") return { value, mimeType: "text/plain" };
  return { value: jsonText(value), mimeType: JSON_TYPE };
}

/** What a guardrail found that says no more than whether it fired; where it does not say: `undefined`. */
export function verdictOf(isTriggered: boolean | undefined): Payload | undefined {
  return isTriggered === undefined ? undefined : payloadOf(isTriggered ? "triggered" : "passed");
}
