import type { LlmFields, Note, Span, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, plainValue, textOf } from "@nightowl/model/span/attribute-reader";
import type { DialectReading } from "../dialects/dialect.ts";
import { DIALECTS } from "../dialects/dialects.ts";
import { readGeneral } from "../dialects/general.ts";
import { completeFields } from "./complete-fields.ts";
import { mergeReadings } from "./merge-readings.ts";
import { sampleWeightOf } from "./sample-weight.ts";

export interface NormaliseOptions {
  /** The project that the span was received for. */
  project: string;
}

/**
 * Reads a span as OTLP says it into the canonical span: every dialect that recognises it reads its attributes,
 * and per field the first answer wins. The wire span stays whole: no attribute is removed or changed.
 *
 * Never throws. What a dialect cannot understand earns a note of code `malformed_attribute`; a dialect
 * that fails costs its own fields only and earns `dialect_failed`.
 * A span that no dialect recognises is of kind UNKNOWN, with `dialects` empty.
 */
export function normaliseSpan(span: WireSpan, options: NormaliseOptions): Span {
  const attrs = new AttributeReader(span.attributes);
  const notes = [...span.notes];
  const dialects: string[] = [];
  const readings: DialectReading[] = [];
  attempt(notes, "general", () => readings.push(readGeneral(span, attrs)));
  for (const dialect of DIALECTS) {
    attempt(notes, dialect.name, () => {
      if (!dialect.detect(span, attrs)) return;
      readings.push(dialect.read(span, attrs));
      dialects.push(dialect.name);
    });
  }
  const fields: LlmFields = mergeReadings([
    ...readings.map((reading) => reading.fields),
    ...readings.map((reading) => reading.fallback ?? {}),
  ]);
  attempt(notes, "completion", () => notes.push(...completeFields(fields, span)));
  return {
    ...span,
    ...fields,
    project: options.project,
    serviceName: firstText(span, ["service.name"]) ?? "",
    environment: firstText(span, ["deployment.environment.name", "deployment.environment"]) ?? "",
    sampleWeight: sampleWeightOf(span),
    dialects,
    claimedKeys: [...new Set(readings.flatMap((reading) => reading.claimed))],
    notes: [...notes, ...readings.flatMap((reading) => reading.notes)],
  };
}

function attempt(notes: Note[], name: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notes.push({ code: "dialect_failed", message: `The ${name} reading failed: ${reason}` });
  }
}

/** The span's own word, then its resource's. */
function firstText(span: WireSpan, keys: string[]): string | undefined {
  for (const attributes of [span.attributes, span.resource.attributes]) {
    for (const key of keys) {
      const text = Object.hasOwn(attributes, key) ? textOf(plainValue(attributes[key])) : undefined;
      if (text !== undefined) return text;
    }
  }
  return undefined;
}
