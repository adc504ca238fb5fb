import type { Document } from "../span/span.ts";

/**
 * What a document is known by across traces: 16 hex digits of its text, white space aside, else of its id. The same text
 * under another id is the same document; a text that was changed is another one. Undefined for one that has neither.
 */
export function documentKey({ text, id }: Pick<Document, "text" | "id">): string | undefined {
  const content = text === undefined ? "" : text.replace(/\s+/g, " ").trim();
  if (content !== "") return digest(content);
  return id === undefined || id === "" ? undefined : digest(`\u0000${id}`);
}

/** Two 32-bit multiplicative hashes side by side, finished as MurmurHash3 finishes. It is no secret and no signature. */
function digest(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  return hex(finish(a ^ Math.imul(b, 0x85ebca6b))) + hex(finish(b ^ Math.imul(a, 0xc2b2ae35)));
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
