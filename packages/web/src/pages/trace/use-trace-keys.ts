import { useEffect, useRef } from "react";
import { useFrameWindow } from "../../frame/frame-state.ts";
import { useShortcutHelp, type ShortcutGroup } from "../../frame/shortcut-help.ts";

const HELP: ShortcutGroup = {
  title: "Trace",
  lines: [
    { keys: ["j", "↓"], does: "Next span" },
    { keys: ["k", "↑"], does: "Previous span" },
    { keys: ["→"], does: "Expand, then first child" },
    { keys: ["←"], does: "Collapse, then parent" },
    { keys: ["Home"], does: "First span" },
    { keys: ["End"], does: "Last span" },
    { keys: ["e"], does: "Next failed span" },
    { keys: ["/"], does: "Find in the trace; Enter and Shift+Enter step" },
    { keys: ["Enter"], does: "Read the span" },
    { keys: ["Esc"], does: "Back to the waterfall" },
    { keys: ["1 – 9"], does: "The span's tabs" },
    { keys: ["a"], does: "Judge the span" },
    { keys: ["c"], does: "Critical path" },
    { keys: ["h"], does: "Hide what is no agent, model call, tool or retrieval" },
    { keys: ["["], does: "Newer trace" },
    { keys: ["]"], does: "Older trace" },
  ],
};

/** True where a key is being typed into something, or belongs to the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || inMenu(target)
  );
}

function inMenu(target: HTMLElement): boolean {
  return target.closest('[role="menu"], [role="dialog"]') !== null;
}

/** The keys of the whole page; the waterfall's own are in `waterfall/use-waterfall-keys.ts`. */
export function useTraceKeys(actions: {
  onNextError: () => void;
  onNewer: () => void;
  onOlder: () => void;
  onClose: (() => void) | undefined;
}): void {
  useShortcutHelp(HELP);
  usePageKeys((event) => {
    const action = {
      e: actions.onNextError,
      "[": actions.onNewer,
      "]": actions.onOlder,
      Escape: actions.onClose,
    }[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

/** Listens to keys that nobody is typing, while no window of the frame is open. */
export function usePageKeys(onKey: (event: KeyboardEvent) => void): void {
  const open = useFrameWindow();
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    if (open !== null) return undefined;
    const listener = (event: KeyboardEvent) => {
      if (!isTyping(event)) latest.current(event);
    };
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [open]);
}
