import { progress } from "@clack/prompts";
import type { Terminal } from "./terminal.ts";

/** How far a command has come, on standard error. */
export interface ProgressMeter {
  /** What is being done now, and how much of `max` is done since the step before. */
  step(label: string, amount: number): void;
  stop(isDone: boolean): void;
}

/** A bar on a terminal; elsewhere a line for each new label. */
export function createProgressMeter(
  { drawsProgress, note }: Pick<Terminal, "drawsProgress" | "note">,
  max: number,
): ProgressMeter {
  let current = "";
  if (!drawsProgress) {
    return {
      step: (label) => {
        if (label !== current) note(label);
        current = label;
      },
      stop: () => {},
    };
  }
  const bar = progress({ max: Math.max(1, max), output: process.stderr, style: "light" });
  bar.start("sending");
  return {
    step: (label, amount) => {
      if (label !== current) bar.message(label);
      current = label;
      if (amount > 0) bar.advance(amount, label);
    },
    stop: (isDone) => (isDone ? bar.stop("sent") : bar.error("stopped")),
  };
}
