import { useSyncExternalStore } from "react";

/** Which of the frame's windows is open: at most one. */
export type FrameWindow = "palette" | "shortcuts" | null;

let current: FrameWindow = null;
const listeners = new Set<() => void>();

export function openFrameWindow(next: FrameWindow): void {
  current = next;
  for (const listener of listeners) listener();
}

export function useFrameWindow(): FrameWindow {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
