import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, type MouseEvent, type RefObject } from "react";
import { moveRow, type TreeMove } from "../../../view/waterfall-rows.ts";
import { usePageKeys } from "../use-trace-keys.ts";
import type { Find } from "./use-find.ts";
import type { Fold } from "./use-fold.ts";
import { ROW_HEIGHT, WaterfallRow, type RowView } from "./waterfall-row.tsx";
import css from "./waterfall.module.css";

const MOVES: Record<string, TreeMove> = {
  ArrowUp: "up",
  k: "up",
  ArrowDown: "down",
  j: "down",
  Home: "first",
  End: "last",
  PageUp: "pageUp",
  PageDown: "pageDown",
};

/** The rows that are in view, as a treegrid. Its focus is on the selected row, which is kept even out of view. */
export function WaterfallRows({
  gridRef,
  view,
  fold,
  find,
  selected,
  onSelect,
  narrow,
}: {
  gridRef: RefObject<HTMLDivElement | null>;
  view: RowView;
  fold: Fold;
  find: Find;
  selected: TreeNode | undefined;
  onSelect: (spanId: string, push?: boolean) => void;
  narrow: boolean;
}) {
  const { rows, positions, collapsed } = fold;
  const position = selected ? (positions[selected.index] ?? -1) : -1;
  const rangeExtractor = useCallback(
    (range: Range) => {
      const inView = defaultRangeExtractor(range);
      if (position < 0 || inView.includes(position)) return inView;
      return [...inView, position].sort((a, b) => a - b);
    },
    [position],
  );
  // The list is not memoised by a compiler here, which is what the rule is about.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    rangeExtractor,
    useFlushSync: false,
  });

  // The selected row comes into view, and takes the focus when the keyboard moved there.
  const takeFocus = useRef(false);
  const shown = useRef<string>(undefined);
  const selectedId = selected?.span.spanId;
  useEffect(() => {
    // Only a new selection moves the list: folding a branch must leave the reader where he is.
    if (position < 0 || shown.current === selectedId) return;
    virtualizer.scrollToIndex(position, { align: shown.current === undefined ? "center" : "auto" });
    shown.current = selectedId;
    const inGrid = gridRef.current?.contains(document.activeElement) ?? false;
    if (!takeFocus.current && !inGrid) return;
    takeFocus.current = false;
    gridRef.current
      ?.querySelector<HTMLElement>(`[data-position="${position}"]`)
      ?.focus({ preventScroll: true });
  }, [position, selectedId, gridRef, virtualizer]);

  const onKey = (key: string): boolean => {
    const move = MOVES[key];
    let target: TreeNode | undefined;
    if (move !== undefined) {
      const pageRows = Math.max(1, Math.floor((gridRef.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
      target = moveRow(rows, position, move, pageRows);
    } else if (selected && key === "ArrowLeft") {
      if (selected.children.length > 0 && !collapsed.has(selected.span.spanId)) fold.set(selected, true);
      else target = selected.parent;
    } else if (selected && key === "ArrowRight") {
      if (collapsed.has(selected.span.spanId)) fold.set(selected, false);
      else target = selected.children[0];
    } else if (key === "Enter") {
      if (narrow && selected) onSelect(selected.span.spanId);
      document.querySelector<HTMLElement>("[data-span-body]")?.focus();
    } else {
      return false;
    }
    if (target && target !== selected) {
      takeFocus.current = true;
      onSelect(target.span.spanId);
    }
    return true;
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !onKey(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  usePageKeys((event) => {
    if (isForRows(event) && onKey(event.key)) event.preventDefault();
  });
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-position]");
    const node = row === null ? undefined : rows[Number(row.dataset["position"])];
    if (node === undefined) return;
    if (target.closest("[data-caret]") !== null) fold.toggle(node);
    else onSelect(node.span.spanId);
  };
  return (
    // The keyboard is heard by the grid as a whole: the focus is on one of its rows.
    <div
      ref={gridRef}
      className={css["rows"]}
      role="treegrid"
      aria-label="Spans"
      aria-rowcount={rows.length + 1}
      aria-readonly="true"
      tabIndex={position < 0 ? 0 : -1}
      onClick={onClick}
      onDoubleClick={(event) => onDoubleClick(event, rows, fold)}
      onKeyDown={onKeyDown}
    >
      <div className={css["sizer"]} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index }) => {
          const node = rows[index];
          if (node === undefined) return null;
          const { spanId } = node.span;
          return (
            <WaterfallRow
              key={spanId}
              view={view}
              node={node}
              position={index}
              collapsed={collapsed.has(spanId)}
              selected={node === selected}
              dim={find.matches !== undefined && !find.matches.has(spanId)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** j and k work wherever the reader is. The other keys are those of what has the focus, where it has a use for them. */
function isForRows({ key, target }: KeyboardEvent): boolean {
  if (key === "j" || key === "k") return true;
  // A row of tabs is moved through sideways; a click on one leaves the focus there.
  if (key === "ArrowUp" || key === "ArrowDown") {
    if (target instanceof Element && target.closest('[role="tab"]') !== null) return true;
  }
  return target === document.body || target === document.getElementById("page");
}

function onDoubleClick(event: MouseEvent, rows: TreeNode[], fold: Fold): void {
  const target = event.target as HTMLElement;
  if (target.closest("[data-caret]") !== null) return;
  const row = target.closest<HTMLElement>("[data-position]");
  const node = row === null ? undefined : rows[Number(row.dataset["position"])];
  if (node !== undefined && node.children.length > 0) fold.toggle(node);
}
