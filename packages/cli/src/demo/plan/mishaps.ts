import type { Random } from "../random.ts";
import type { Slot } from "./plan-week.ts";
import { BROKEN_RELEASE, isIn, type Week } from "./week.ts";

/**
 * What can go wrong with a request. The first four end it with an error; the others the agent gets over, or, at
 * `max_iterations`, gives up without one.
 */
export type Mishap =
  | "rate_limited"
  | "tool_failed"
  | "context_length"
  | "timeout"
  | "rate_limit_retried"
  | "unknown_chunk"
  | "search_retried"
  | "max_iterations";

/** It ends the request with an error. */
export function isFailure(mishap: Mishap | undefined): boolean {
  return mishap !== undefined && FAILURES.has(mishap);
}

/** It happens in a tool, so only where one is called. */
export function needsTool(mishap: Mishap | undefined): boolean {
  return mishap !== undefined && IN_TOOLS.has(mishap);
}

const FAILURES: ReadonlySet<Mishap> = new Set(["rate_limited", "tool_failed", "context_length", "timeout"]);
const IN_TOOLS: ReadonlySet<Mishap> = new Set([
  "tool_failed",
  "unknown_chunk",
  "search_retried",
  "max_iterations",
]);

interface Risk {
  mishap: Mishap;
  /** Of the requests that it can hit. */
  share: number;
  canHit: (slot: Slot, week: Week) => boolean;
}

const isHosted = ({ person }: Slot): boolean => person.model.price !== undefined;
const RISKS: readonly Risk[] = [
  {
    mishap: "rate_limited",
    share: 0.5,
    canHit: (slot, week) => isHosted(slot) && isIn(slot.startMs, week.incident),
  },
  {
    mishap: "rate_limit_retried",
    share: 0.3,
    canHit: (slot, week) => isHosted(slot) && isIn(slot.startMs, week.incident),
  },
  { mishap: "timeout", share: 0.07, canHit: ({ startMs }, week) => isIn(startMs, week.slowAfternoon) },
  { mishap: "tool_failed", share: 0.2, canHit: ({ release }) => release === BROKEN_RELEASE },
  { mishap: "context_length", share: 0.035, canHit: (slot) => !isHosted(slot) },
  { mishap: "rate_limit_retried", share: 0.004, canHit: isHosted },
  { mishap: "timeout", share: 0.003, canHit: () => true },
  { mishap: "unknown_chunk", share: 0.012, canHit: () => true },
  { mishap: "search_retried", share: 0.01, canHit: () => true },
  { mishap: "max_iterations", share: 0.008, canHit: () => true },
];

/** Which requests something goes wrong with; each risk hits at least one where there is one that it can hit. */
export function chooseMishaps(slots: readonly Slot[], week: Week, random: Random): ReadonlyMap<Slot, Mishap> {
  const chosen = new Map<Slot, Mishap>();
  for (const { mishap, share, canHit } of RISKS) {
    const open = slots.filter(
      (slot) => slot.environment === "production" && !chosen.has(slot) && canHit(slot, week),
    );
    const count = Math.min(open.length, Math.max(1, Math.round(open.length * share)));
    for (let hit = 0; hit < count; hit++) {
      const [slot] = open.splice(random.int(0, open.length - 1), 1);
      if (slot) chosen.set(slot, mishap);
    }
  }
  return chosen;
}
