import { useSyncExternalStore } from "react";

export type TextMode = "markdown" | "raw";

const STORED = "nightowl.transcript.mode";
const listeners = new Set<() => void>();
let mode: TextMode = storedMode();

function storedMode(): TextMode {
  try {
    return localStorage.getItem(STORED) === "raw" ? "raw" : "markdown";
  } catch {
    return "markdown";
  }
}

/** Whether texts of messages are formatted or shown as they came: one choice for the whole page, remembered. */
export function useTextMode(): [TextMode, (next: TextMode) => void] {
  const current = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => mode,
  );
  return [current, setTextMode];
}

function setTextMode(next: TextMode): void {
  mode = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // Storage may be forbidden; the choice holds for this visit.
  }
  for (const listener of listeners) listener();
}
