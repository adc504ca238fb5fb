import { QueryInputError } from "./query-input-error.ts";

/** A range as the contract has it: `from` ≤ start < `to`, ISO 8601; either end may be open. */
export interface TimeRangeInput {
  from?: string | undefined;
  to?: string | undefined;
}

export interface TimeRange {
  fromNs: bigint | undefined;
  toNs: bigint | undefined;
}

const MAX_NS = 2n ** 64n - 1n;

/** @throws {QueryInputError} for a time that is none. Times before 1970 are taken as 1970. */
export function parseTimeRange({ from, to }: TimeRangeInput): TimeRange {
  return {
    fromNs: from === undefined ? undefined : parseTimeNs(from),
    toNs: to === undefined ? undefined : parseTimeNs(to),
  };
}

/** ISO 8601 to Unix nanoseconds, with every digit of the fraction up to the ninth. Without a zone it is UTC. */
function parseTimeNs(text: string): bigint {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  const whole = text.replace(/\.\d+/, "");
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(whole) ? whole : `${whole}Z`;
  const seconds = Date.parse(zoned) / 1000;
  if (!Number.isFinite(seconds))
    throw new QueryInputError("bad_request", `"${text}" is not an ISO 8601 time.`);
  const ns = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  if (ns < 0n) return 0n;
  return ns > MAX_NS ? MAX_NS : ns;
}
