/** Longer texts are not worth remembering: they rarely repeat, and hashing them costs more than making them. */
export const MAX_CACHED_LENGTH = 48;

const SLOTS = 4096;
const texts: (string | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

/**
 * ASCII text out of `bytes`, the same string object each time it comes again soon: attribute keys
 * and short values repeat in every span, and a remembered key is also the quickest to set on an object.
 * Returns undefined for anything but ASCII. The memory it takes is bounded.
 */
export function cachedText(bytes: Buffer, start: number, length: number): string | undefined {
  const end = start + length;
  let hash = length;
  let allBits = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    allBits |= byte;
    hash = (hash * 31 + byte) | 0;
  }
  if (allBits >= 0x80) return undefined;
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = texts[slot];
  if (known !== undefined && known.length === length && matches(known, bytes, start)) return known;
  const text = bytes.toString("latin1", start, end);
  texts[slot] = text;
  return text;
}

function matches(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
