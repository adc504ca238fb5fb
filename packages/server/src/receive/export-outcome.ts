import type { Note } from "@nightowl/model/span/span";

/** OTLP's partial success: both empty is full success; a message without rejections is a warning. */
export interface ExportOutcome {
  rejectedCount: number;
  errorMessage: string;
}

/** Something that was not kept. */
export interface LostItem {
  /** Its position in the request, or its own id where that could be read. */
  id: string;
  name: string;
  reason: string;
}

/** Something that was kept, with remarks. */
export interface NotedItem {
  id: string;
  name: string;
  notes: readonly Note[];
}

/** What an outcome says of items: so many of them by name, the rest as a number. */
const NAMED_ITEMS = 10;
const MAX_REASON_LENGTH = 300;

/** What became of a request, in words for its sender. `noun` is one item: `span`. */
export function describeOutcome(
  noun: string,
  lost: readonly LostItem[],
  noted: readonly NotedItem[],
): ExportOutcome {
  const sentences: string[] = [];
  const said = ({ id, name }: { id: string; name: string }, what: string) =>
    `${noun} ${id} "${cut(name, 100)}": ${cut(what, MAX_REASON_LENGTH)}`;
  if (lost.length > 0) {
    const named = lost.slice(0, NAMED_ITEMS).map((item) => said(item, item.reason));
    sentences.push(listing(`${count(noun, lost.length)} rejected`, named, lost.length));
  }
  if (noted.length > 0) {
    const named = noted
      .slice(0, NAMED_ITEMS)
      .map((item) => said(item, item.notes.map((note) => note.message).join(", ")));
    sentences.push(listing(`${count(noun, noted.length)} stored with a remark`, named, noted.length));
  }
  return { rejectedCount: lost.length, errorMessage: sentences.join(". ") };
}

function listing(head: string, named: string[], total: number): string {
  const rest = total - named.length;
  return `${head}: ${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function count(noun: string, items: number): string {
  return items === 1 ? `1 ${noun} was` : `${items} ${noun}s were`;
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}
