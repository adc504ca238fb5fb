/** A column of the Traces table. `sort` is what its header sorts by. */
export interface TraceColumn {
  id: "time" | "name" | "input" | "output" | "latency" | "tokens" | "cost" | "spans" | "status";
  label: string;
  /** A track of CSS `grid-template-columns`. */
  track: string;
  /** The table shows this column from this width on (px). */
  fromWidth: number;
  sort?: "start" | "duration" | "tokens" | "cost" | "spans";
  align?: "end";
}

const COLUMNS: readonly TraceColumn[] = [
  { id: "time", label: "Time", track: "112px", fromWidth: 0, sort: "start" },
  { id: "name", label: "Name", track: "minmax(130px, 1.2fr)", fromWidth: 0 },
  { id: "input", label: "Input", track: "minmax(120px, 2fr)", fromWidth: 0 },
  { id: "output", label: "Output", track: "minmax(120px, 2fr)", fromWidth: 830 },
  { id: "latency", label: "Latency", track: "108px", fromWidth: 0, sort: "duration" },
  { id: "tokens", label: "Tokens", track: "64px", fromWidth: 0, sort: "tokens", align: "end" },
  { id: "cost", label: "Cost", track: "72px", fromWidth: 720, sort: "cost", align: "end" },
  { id: "spans", label: "Spans", track: "52px", fromWidth: 1000, sort: "spans", align: "end" },
  { id: "status", label: "Status", track: "82px", fromWidth: 1100 },
];

/** The cost column and its gap, px. */
const COST_ROOM = 84;
/** Below this width a trace takes two lines instead of one row of columns. */
const COMPACT_BELOW = 640;

export interface TraceLayout {
  /** No columns: two lines for each trace. */
  compact: boolean;
  columns: readonly TraceColumn[];
  /** For `grid-template-columns` of the head and of every row. */
  template: string;
  rowHeight: number;
}

/** How the table is laid out in a width of `width` px; `priced` is whether any cost is known. */
export function traceLayout(width: number, priced: boolean): TraceLayout {
  if (width < COMPACT_BELOW) return { compact: true, columns: [], template: "minmax(0, 1fr)", rowHeight: 52 };
  // Without the cost there is room for the next column earlier.
  const room = priced ? width : width + COST_ROOM;
  const columns = COLUMNS.filter((column) => column.fromWidth <= room && (priced || column.id !== "cost"));
  return {
    compact: false,
    columns,
    template: columns.map((column) => column.track).join(" "),
    rowHeight: 32,
  };
}
