/** Longer texts are not worth remembering: they rarely repeat, and hashing them costs more than making them. */
export const MAX_CACHED_LENGTH = 48;

const SLOTS = 4096;
/** The text of each slot, and beside it its bytes: comparing bytes with bytes is several times quicker. */
const texts: (string | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
const textBytes = new Uint8Array(SLOTS * MAX_CACHED_LENGTH);

/**
 * ASCII text out of `bytes`, the same string object each time it comes again soon: attribute keys
 * and short values repeat in every span, and a remembered key is also the quickest to set on an object.
 * Returns undefined for anything but ASCII of up to {@link MAX_CACHED_LENGTH} bytes. The memory it takes is bounded.
 */
export function cachedText(bytes: Uint8Array, start: number, length: number): string | undefined {
  if (length > MAX_CACHED_LENGTH) return undefined;
  const slot = slotOf(bytes, start, length);
  const known = texts[slot];
  if (known !== undefined && known.length === length && holds(slot, bytes, start, length)) return known;
  return remember(slot, bytes, start, length);
}

/** A hash of the bytes, four at a time. */
function slotOf(bytes: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let hash = length;
  let i = start;
  for (; i + 3 < end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash ^= hash >>> 13;
  return hash & (SLOTS - 1);
}

function holds(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
  const offset = slot * MAX_CACHED_LENGTH - start;
  const end = start + length;
  for (let i = start; i < end; i++) {
    if (textBytes[offset + i] !== bytes[i]) return false;
  }
  return true;
}

function remember(slot: number, bytes: Uint8Array, start: number, length: number): string | undefined {
  for (let i = start; i < start + length; i++) {
    if (bytes[i]! >= 0x80) return undefined;
  }
  const own = bytes.subarray(start, start + length);
  textBytes.set(own, slot * MAX_CACHED_LENGTH);
  const text = String.fromCharCode(...own);
  texts[slot] = text;
  return text;
}
