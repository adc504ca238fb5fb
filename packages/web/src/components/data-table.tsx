import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from "react";
import { Skeleton } from "./marks.tsx";
import css from "./data-table.module.css";

export interface DataColumn<T, S extends string = string> {
  id: string;
  label: string;
  /** A track of CSS `grid-template-columns`. */
  track: string;
  /** Left out below this width of the table (px). */
  fromWidth?: number;
  align?: "end";
  /** What its header sorts by. */
  sort?: S;
  cell: (row: T) => ReactNode;
}

const ROW_HEIGHT = 32;
const HEAD_HEIGHT = 28;
/** More rows are asked for when the end is this near. */
const AHEAD = 40;
const SKELETONS = Array.from({ length: 16 }, (_, index) => index);

/**
 * A virtual table with sortable heads. Rows are walked with j, k and the arrows; the first link of a row is the row's:
 * Enter and a click anywhere in it follow that.
 */
export function DataTable<T, S extends string>({
  label,
  columns,
  rows,
  rowKey,
  width,
  sort,
  order,
  onSort,
  loading = false,
  onNearEnd,
  foot,
}: {
  label: string;
  columns: readonly DataColumn<T, S>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** The table's width in px, as measured by its page. */
  width: number;
  sort?: S;
  order?: "asc" | "desc";
  onSort?: (sort: S) => void;
  loading?: boolean;
  onNearEnd?: () => void;
  foot?: ReactNode;
}) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const shown = useMemo(
    () => columns.filter(({ fromWidth = 0 }) => width === 0 || fromWidth <= width),
    [columns, width],
  );
  const template = shown.map(({ track }) => track).join(" ");
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - AHEAD) onNearEnd?.();
  }, [rows.length, lastIndex, onNearEnd]);
  return (
    <div
      ref={scrollRef}
      className={css["table"]}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-busy={loading}
      onKeyDown={(event) => walk(event, scrollRef.current)}
    >
      <div role="rowgroup" className={css["headGroup"]}>
        <div role="row" className={css["head"]} style={{ gridTemplateColumns: template }}>
          {shown.map((column) => (
            <HeadCell
              key={column.id}
              column={column}
              sorted={column.sort !== undefined && column.sort === sort}
              order={order ?? "desc"}
              onSort={onSort}
            />
          ))}
        </div>
      </div>
      {loading && rows.length === 0 ? (
        <div aria-hidden="true">
          {SKELETONS.map((index) => (
            <div key={index} className={css["skeletons"]} style={{ gridTemplateColumns: template }}>
              {shown.map((column, at) => (
                <Skeleton key={column.id} width={`${35 + ((index * 7 + at * 13) % 45)}%`} />
              ))}
            </div>
          ))}
        </div>
      ) : (
        <div role="rowgroup" className={css["body"]} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={rowKey(row)}
                role="row"
                aria-rowindex={item.index + 2}
                className={css["row"]}
                style={{
                  gridTemplateColumns: template,
                  height: ROW_HEIGHT,
                  transform: `translateY(${item.start - HEAD_HEIGHT}px)`,
                }}
              >
                {shown.map((column) => (
                  <div key={column.id} role="cell" className={css["cell"]} data-align={column.align}>
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      )}
      {foot !== undefined && <div className={css["foot"]}>{foot}</div>}
    </div>
  );
}

function HeadCell<T, S extends string>({
  column,
  sorted,
  order,
  onSort,
}: {
  column: DataColumn<T, S>;
  sorted: boolean;
  order: "asc" | "desc";
  onSort: ((sort: S) => void) | undefined;
}) {
  const { label, align, sort } = column;
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return (
    <div
      role="columnheader"
      className={css["headCell"]}
      data-align={align}
      aria-sort={sorted ? (order === "asc" ? "ascending" : "descending") : undefined}
    >
      {sort === undefined || onSort === undefined ? (
        label
      ) : (
        <button type="button" className={css["sort"]} onClick={() => onSort(sort)}>
          {label}
          {sorted && <Arrow aria-hidden="true" />}
        </button>
      )}
    </div>
  );
}

/** Moves the focus from one row's link to the next one's. */
function walk(event: KeyboardEvent, table: HTMLElement | null): void {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...(table?.querySelectorAll<HTMLElement>('[role="row"] [role="cell"] a[data-row]') ?? [])];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at === -1 ? 0 : at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.closest('[role="row"]')?.scrollIntoView({ block: "nearest" });
}
