import { useEffect, useSyncExternalStore } from "react";

/** One line of the keyboard sheet. `keys` are alternatives, each one key or a `mod+k` chord. */
export interface ShortcutLine {
  keys: readonly string[];
  does: string;
}
export interface ShortcutGroup {
  title: string;
  lines: readonly ShortcutLine[];
}

let groups: readonly ShortcutGroup[] = [];
const listeners = new Set<() => void>();

function set(next: readonly ShortcutGroup[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

/** Shows a page's keys on the keyboard sheet while the page is mounted. `group` must be a constant. */
export function useShortcutHelp(group: ShortcutGroup): void {
  useEffect(() => {
    set([...groups, group]);
    return () => set(groups.filter((other) => other !== group));
  }, [group]);
}

export function useShortcutGroups(): readonly ShortcutGroup[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => groups,
  );
}
