import { useSyncExternalStore } from "react";

let reachable = true;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (reachable === next) return;
  reachable = next;
  for (const listener of listeners) listener();
}

/** Called on every answer: the server is there. */
export function reportReachable(): void {
  set(true);
}

/** Called when a call got no answer at all. */
export function reportUnreachable(): void {
  set(false);
}

/** Whether the last call got any answer from the server. */
export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => reachable,
  );
}
