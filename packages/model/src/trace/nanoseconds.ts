/**
 * Unix nanoseconds are decimal strings in the contract, because a float loses their last digits. These read
 * them without BigInt (slow for 50,000 spans): seconds and nanoseconds apart.
 */

/** Order of two decimal strings without leading zeros, for sorting. */
export function compareNs(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `timeNs - originNs` in nanoseconds: exact up to 104 days either way, to a relative 1e-16 beyond. */
export function offsetNs(timeNs: string, originNs: string): number {
  const { length } = timeNs;
  // Times of one trace nearly always differ only in their last 15 digits, which a number holds exactly.
  if (length === originNs.length && length > 15) {
    const cut = length - 15;
    if (timeNs.startsWith(originNs.slice(0, cut)))
      return Number(timeNs.slice(cut)) - Number(originNs.slice(cut));
  }
  const seconds = Number(timeNs.slice(0, -9)) - Number(originNs.slice(0, -9));
  return seconds * 1e9 + (Number(timeNs.slice(-9)) - Number(originNs.slice(-9)));
}

/** Milliseconds from start to end; negative when it ends before it starts, 0 while it has not ended ("0"). */
export function durationMs(startTimeNs: string, endTimeNs: string): number {
  return endTimeNs === "0" ? 0 : offsetNs(endTimeNs, startTimeNs) / 1e6;
}
