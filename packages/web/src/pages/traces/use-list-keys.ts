import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { useHotkeys } from "react-hotkeys-hook";
import { useShortcutHelp, type ShortcutGroup } from "../../frame/shortcut-help.ts";

const HELP: ShortcutGroup = {
  title: "Traces",
  lines: [
    { keys: ["j", "↓"], does: "Next trace" },
    { keys: ["k", "↑"], does: "Previous trace" },
    { keys: ["Enter"], does: "Open the selected trace" },
    { keys: ["Home", "End"], does: "First and last loaded trace" },
    { keys: ["/"], does: "Filter" },
  ],
};
const PAGE = 15;

/** The keys of the list: they move the selection and open it, wherever the focus is on the page but in a widget. */
export function useListKeys({
  rows,
  selectedId,
  onSelect,
  onOpen,
  onReveal,
  firstInView,
}: {
  rows: readonly TraceSummary[];
  selectedId: string | undefined;
  onSelect: (traceId: string) => void;
  onOpen: (traceId: string) => void;
  onReveal: (index: number) => void;
  /** Where the selection starts when there is none. */
  firstInView: () => number;
}): void {
  useShortcutHelp(HELP);
  const current = rows.findIndex((row) => row.traceId === selectedId);
  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    const row = rows[index];
    if (row === undefined) return;
    onSelect(row.traceId);
    onReveal(index);
  };
  const options = { preventDefault: true, ignoreEventWhen: inWidget };
  useHotkeys("j,down", () => move(current < 0 ? firstInView() : current + 1), options);
  useHotkeys("k,up", () => move(current < 0 ? firstInView() : current - 1), options);
  useHotkeys("pagedown", () => move(current + PAGE), options);
  useHotkeys("pageup", () => move(current - PAGE), options);
  useHotkeys("home", () => move(0), options);
  useHotkeys("end", () => move(rows.length - 1), options);
  useHotkeys("enter", () => selectedId !== undefined && current >= 0 && onOpen(selectedId), {
    ignoreEventWhen: (event) => inWidget(event) || isControl(event),
  });
}

/** Menus, dialogs, lists and the chart have keys of their own. */
function inWidget(event: KeyboardEvent): boolean {
  const inside = '[role="menu"],[role="dialog"],[role="listbox"],[role="slider"],[role="tablist"]';
  return event.target instanceof Element && event.target.closest(inside) !== null;
}

/** Enter on a button or link is that button's. */
function isControl(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("button,a") !== null;
}
