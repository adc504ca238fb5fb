/** A span as the waterfall draws it. */
export interface WaterfallSpan {
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  startMs: number;
  durationMs: number;
  isError: boolean;
  /** Beside the bar: tokens, how many documents. */
  note: string;
}

const BAR_WIDTH = 32;

/**
 * The spans of a trace as lines of text, each below its parent: name, duration, a bar for when it ran, and its note.
 * Spans whose parent is not among them stand at the left.
 */
export function printWaterfall(spans: readonly WaterfallSpan[]): string {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const rows = listRows(spans);
  const nameWidth = Math.max(...rows.map(({ span, depth }) => depth * 2 + span.name.length));
  return rows
    .map(({ span, depth }) => {
      const name = `${"  ".repeat(depth)}${span.name}`.padEnd(nameWidth);
      const bar = drawBar(span, { startMs, totalMs: Math.max(1, endMs - startMs) });
      const note = [span.isError ? "✗ failed" : "", span.note].filter(Boolean).join("  ");
      return `${name}  ${formatDuration(span.durationMs).padStart(7)}  ${bar}  ${note}`.trimEnd();
    })
    .join("\n");
}

function listRows(spans: readonly WaterfallSpan[]): { span: WaterfallSpan; depth: number }[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string | undefined, depth: number): { span: WaterfallSpan; depth: number }[] =>
    spans
      .filter(({ parentSpanId }) =>
        parent === undefined ? parentSpanId === undefined || !ids.has(parentSpanId) : parentSpanId === parent,
      )
      .toSorted((a, b) => a.startMs - b.startMs)
      .flatMap((span) => [{ span, depth }, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}

function drawBar(span: WaterfallSpan, { startMs, totalMs }: { startMs: number; totalMs: number }): string {
  const from = Math.min(BAR_WIDTH - 1, Math.floor(((span.startMs - startMs) / totalMs) * BAR_WIDTH));
  const length = Math.max(1, Math.round((span.durationMs / totalMs) * BAR_WIDTH));
  return `${" ".repeat(from)}${"█".repeat(Math.min(length, BAR_WIDTH - from))}`.padEnd(BAR_WIDTH);
}

function formatDuration(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(2)} s`;
}
