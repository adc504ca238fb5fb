import { cutText, textWidth } from "./plain-text.ts";

export interface Column {
  title: string;
  align?: "left" | "right";
  /** The column that gives way when the table is wider than the terminal; at least this wide. */
  minWidth?: number;
}

export interface Cell {
  text: string;
  /** Colours the text after it was measured and padded. */
  style?: (text: string) => string;
}

const GAP = "  ";

/**
 * Rows of cells → aligned lines, the first being the titles. With `width`, columns that have a `minWidth` are
 * cut to fit, the first one most; without it nothing is cut.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { width?: number; titleStyle?: (text: string) => string } = {},
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index]?.text ?? ""))),
  );
  if (options.width !== undefined) shrink(columns, widths, options.width);
  const line = (cells: readonly Cell[]): string =>
    columns
      .map((column, index) => {
        const { text, style } = cells[index] ?? { text: "" };
        const width = widths[index] ?? 0;
        const cut = cutText(text, width);
        const padding = " ".repeat(width - textWidth(cut));
        const styled = style ? style(cut) : cut;
        return column.align === "right" ? padding + styled : styled + padding;
      })
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) =>
    options.titleStyle ? { text: title, style: options.titleStyle } : { text: title },
  );
  return [line(titles), ...rows.map(line)];
}

function shrink(columns: readonly Column[], widths: number[], width: number): void {
  for (const [index, column] of columns.entries()) {
    const total = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1);
    const own = widths[index] ?? 0;
    if (column.minWidth === undefined || total <= width) continue;
    widths[index] = Math.max(Math.min(own, column.minWidth), own - (total - width));
  }
}
