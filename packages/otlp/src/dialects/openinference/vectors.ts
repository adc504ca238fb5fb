import type { Attributes } from "@nightowl/model/span/attributes";
import { AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "../../normalise/record.ts";
import { joinList, undot } from "../../normalise/unflatten.ts";

const KEY = "embedding.embeddings";

/** A text and what it was embedded as. */
export interface EmbeddedText {
  text: string;
  vector: number[];
}

/**
 * The vectors that an embedding span carries, by text: `embedding.embeddings.N.embedding.{text,vector}`. They are no part of the
 * canonical span, for few questions need them and they are long. An item without text or vector is left out.
 */
export function readVectors(attributes: Attributes): EmbeddedText[] {
  const attrs = new AttributeReader(attributes);
  const whole = jsonOf(attrs.get(KEY));
  const prefix = `${KEY}.`;
  const keys = attrs.keysWithPrefix(prefix);
  const { items } = joinList(Array.isArray(whole) ? whole : undefined, keys, prefix.length, (each) =>
    attrs.get(each),
  );
  return items.flatMap((item) => {
    const opened = undot(jsonOf(item));
    const inner = isRecord(opened) && isRecord(opened["embedding"]) ? opened["embedding"] : opened;
    if (!isRecord(inner)) return [];
    const [text, vector] = [textOf(inner["text"]), numbersOf(inner["vector"])];
    return text === undefined || vector === undefined ? [] : [{ text, vector }];
  });
}

/** A list of numbers, or JSON text of one. */
export function numbersOf(value: unknown): number[] | undefined {
  const list = jsonOf(value);
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const numbers = list.map(numberOf).filter((number) => number !== undefined);
  return numbers.length === list.length ? numbers : undefined;
}
