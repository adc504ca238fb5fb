import { formatShare } from "../view/format-number.ts";
import css from "./share-bars.module.css";

export interface ShareRow {
  name: string;
  value: number;
  note?: string;
}

/** Parts of a whole as bars, one line each. What is nothing is left out. */
export function ShareBars({
  rows,
  formatValue,
  empty = "Nothing.",
}: {
  rows: readonly ShareRow[];
  formatValue: (value: number) => string;
  empty?: string;
}) {
  const shown = rows.filter(({ value }) => value > 0);
  const total = shown.reduce((sum, { value }) => sum + value, 0);
  if (shown.length === 0) return <p className="faint">{empty}</p>;
  return (
    <ul className={css["bars"]}>
      {shown.map(({ name, value, note }) => (
        <li key={name}>
          <span className={css["name"]}>{name}</span>
          <span className={css["track"]}>
            <i style={{ width: `${(value / total) * 100}%` }} />
          </span>
          <b>{formatValue(value)}</b>
          <span className={css["percent"]}>{formatShare(value / total)}</span>
          {note !== undefined && <span className={css["note"]}>{note}</span>}
        </li>
      ))}
    </ul>
  );
}
