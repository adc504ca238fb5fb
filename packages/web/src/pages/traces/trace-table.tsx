import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from "react";
import { buttonClass } from "../../components/button.tsx";
import { Skeleton } from "../../components/marks.tsx";
import type { ListSearch, TraceSort } from "../../data/search-state.ts";
import { useNow } from "../../data/use-now.ts";
import { useWidth } from "../../data/use-width.ts";
import { formatPlural } from "../../view/format-number.ts";
import { latencyScaleMs } from "../../view/latency-scale.ts";
import { traceLayout, type TraceLayout } from "../../view/trace-columns.ts";
import { TraceRow } from "./trace-row.tsx";
import css from "./trace-table.module.css";

const HEAD_HEIGHT = 28;
/** More rows are asked for when the end is this near. */
const AHEAD = 40;

export interface TraceTableHandle {
  isAtTop: () => boolean;
  scrollTop: () => number;
  toTop: () => void;
  /** Brings a row into view. */
  reveal: (index: number) => void;
  /** The index of the topmost row in view. */
  firstInView: () => number;
}

export interface TraceTableProps {
  ref: Ref<TraceTableHandle>;
  label: string;
  rows: TraceSummary[];
  /** All that match; undefined while nobody knows. */
  total: number | undefined;
  search: ListSearch;
  sort: TraceSort;
  order: "asc" | "desc";
  onSort: (sort: TraceSort) => void;
  selectedId: string | undefined;
  onSelect: (traceId: string) => void;
  onOpen: (traceId: string) => void;
  /** No rows yet: skeletons. */
  loading: boolean;
  /** Rows of the previous question are still shown. */
  busy: boolean;
  onNearEnd: () => void;
  onReachTop: () => void;
  initialScrollTop: number;
  /** Below the last row. */
  foot: ReactNode;
  /** New traces that wait until the reader wants them. */
  pending: number;
  moreThanPending: boolean;
  onAccept: () => void;
}

/** The virtual table of traces: an ARIA grid with one tab stop; the page's keys move its selection. */
export function TraceTable(props: TraceTableProps) {
  const { rows, search, selectedId, onSelect, loading, onNearEnd, onReachTop, pending } = props;
  const scrollRef = useRef<HTMLDivElement>(null);
  const width = useWidth(scrollRef);
  // A column that would say "unpriced" in every row is left out.
  const priced = useMemo(
    () => props.sort === "cost" || rows.some((row) => row.costUsd !== null),
    [props.sort, rows],
  );
  const layout = useMemo(() => traceLayout(width, priced), [width, priced]);
  const headHeight = layout.compact ? 0 : HEAD_HEIGHT;
  const todayMs = new Date(useNow()).setHours(0, 0, 0, 0);
  const fullBarMs = useMemo(() => latencyScaleMs(rows), [rows]);
  // The same function while the rows are the same, or the virtualizer measures all of them anew on each render.
  const getItemKey = useCallback((index: number) => rows[index]?.traceId ?? index, [rows]);
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => layout.rowHeight,
    getItemKey,
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    initialOffset: props.initialScrollTop,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, layout.rowHeight]);

  useImperativeHandle(props.ref, () => ({
    isAtTop: () => (scrollRef.current?.scrollTop ?? 0) < 4,
    scrollTop: () => scrollRef.current?.scrollTop ?? 0,
    toTop: () => scrollRef.current?.scrollTo({ top: 0 }),
    reveal: (index) => virtualizer.scrollToIndex(index),
    firstInView: () => Math.ceil((scrollRef.current?.scrollTop ?? 0) / layout.rowHeight),
  }));

  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - AHEAD) onNearEnd();
  }, [rows.length, lastIndex, onNearEnd]);

  const selectedShown = items.some((item) => rows[item.index]?.traceId === selectedId);
  return (
    <div className={css["wrap"]}>
      <div
        ref={scrollRef}
        className={css["table"]}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={props.total === undefined ? -1 : props.total + 1}
        aria-colcount={layout.compact ? 1 : layout.columns.length}
        aria-busy={loading || props.busy}
        data-stale={props.busy || undefined}
        aria-activedescendant={selectedShown ? rowId(selectedId) : undefined}
        onClick={(event) => {
          const traceId = linkedTraceId(event);
          if (traceId === undefined) return;
          event.preventDefault();
          props.onOpen(traceId);
        }}
        onScroll={(event) => {
          if (event.currentTarget.scrollTop < 4 && pending > 0) onReachTop();
        }}
      >
        <Head {...props} layout={layout} />
        {loading ? (
          <SkeletonRows layout={layout} />
        ) : (
          <div className={css["body"]} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const trace = rows[item.index];
              if (trace === undefined) return null;
              return (
                <TraceRow
                  key={trace.traceId}
                  id={rowId(trace.traceId) ?? ""}
                  trace={trace}
                  index={item.index}
                  layout={layout}
                  style={{
                    height: layout.rowHeight,
                    transform: `translateY(${item.start - headHeight}px)`,
                    gridTemplateColumns: layout.template,
                  }}
                  selected={trace.traceId === selectedId}
                  fullBarMs={fullBarMs}
                  search={search}
                  onSelect={onSelect}
                  todayMs={todayMs}
                />
              );
            })}
          </div>
        )}
        {props.foot}
      </div>
      {pending > 0 && (
        <button
          type="button"
          className={`${buttonClass({ variant: "primary", size: "small" })} ${css["news"]}`}
          onClick={props.onAccept}
        >
          <ArrowUp size={12} aria-hidden="true" />
          {props.moreThanPending ? `More than ${pending} new` : `${pending} new`}
        </button>
      )}
    </div>
  );
}

/** The trace whose link was clicked plainly; with a modifier the click is the browser's (a new tab). */
function linkedTraceId(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return undefined;
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-trace]") : null;
  return link?.dataset["trace"];
}

function rowId(traceId: string | undefined): string | undefined {
  return traceId === undefined ? undefined : `trace-${traceId}`;
}

function Head({ layout, sort, order, onSort }: TraceTableProps & { layout: TraceLayout }) {
  if (layout.compact) return null;
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return (
    <div role="rowgroup" className={css["headGroup"]}>
      <div
        role="row"
        aria-rowindex={1}
        className={css["head"]}
        style={{ gridTemplateColumns: layout.template }}
      >
        {layout.columns.map((column) => {
          const sorted = column.sort === sort;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={css["headCell"]}
              data-align={column.align}
              data-column={column.id}
              aria-sort={sorted ? (order === "asc" ? "ascending" : "descending") : undefined}
            >
              {column.sort === undefined ? (
                column.label
              ) : (
                <button
                  type="button"
                  className={css["sort"]}
                  onClick={() => column.sort && onSort(column.sort)}
                >
                  {column.label}
                  {sorted && <Arrow aria-hidden="true" />}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const SKELETON_ROWS = Array.from({ length: 24 }, (_, index) => index);
const COMPACT: readonly { id: string; align?: "end" }[] = [{ id: "all" }];
/** Uneven widths, the same on each load. */
const SKELETON_WIDTHS = [0.7, 0.5, 0.85, 0.6, 0.4, 0.75];

function SkeletonRows({ layout }: { layout: TraceLayout }) {
  return (
    <div className={css["body"]} aria-hidden="true">
      {SKELETON_ROWS.map((index) => (
        <div
          key={index}
          className={css["row"]}
          style={{
            height: layout.rowHeight,
            transform: `translateY(${index * layout.rowHeight}px)`,
            gridTemplateColumns: layout.template,
          }}
        >
          {(layout.compact ? COMPACT : layout.columns).map((column, at) => (
            <div key={column.id} className={css["skeletonCell"]} data-align={column.align}>
              <Skeleton width={`${(SKELETON_WIDTHS[(index + at) % SKELETON_WIDTHS.length] ?? 1) * 100}%`} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** The last line: how much of all is loaded, or that this is the end. */
export function TableFoot({
  loaded,
  total,
  fetching,
}: {
  loaded: number;
  total: number | undefined;
  fetching: boolean;
}) {
  if (fetching) return <div className={css["foot"]}>Loading more …</div>;
  if (loaded < 30) return null;
  return (
    <div className={css["foot"]}>
      {total !== undefined && total > loaded ? `${formatPlural(loaded, "trace")} loaded` : "No more traces"}
    </div>
  );
}
