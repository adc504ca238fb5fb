import { useState, type ReactNode } from "react";
import { formatCount } from "../../view/format-number.ts";
import { openTagged } from "./tagged-value.ts";
import css from "./values.module.css";

const OPEN_DEPTH = 2;
/** A list or object shows this many items at first. */
const PAGE = 100;
const LONG_STRING = 600;

/** A JSON value as a tree whose branches open and close. With `tagged`, the exact forms of attributes are opened and named. */
export function ValueTree({ value, tagged = false }: { value: unknown; tagged?: boolean }) {
  return (
    <div className={css["tree"]}>
      <Branch value={value} depth={0} tagged={tagged} />
    </div>
  );
}

interface BranchProps {
  value: unknown;
  name?: string;
  depth: number;
  tagged: boolean;
}

function Branch({ value: given, name, depth, tagged }: BranchProps) {
  const {
    value,
    entries: listed,
    hint,
  } = tagged ? openTagged(given) : { value: given, entries: undefined, hint: undefined };
  const entries = listed ?? entriesOf(value);
  const [open, setOpen] = useState(depth < OPEN_DEPTH && (entries?.length ?? 0) <= PAGE);
  const [shown, setShown] = useState(PAGE);
  const label = name === undefined ? null : <span className={css["key"]}>{name}:</span>;
  if (entries === undefined) {
    return (
      <div className={css["line"]}>
        {label}
        <Scalar value={value} />
        {hint !== undefined && <span className={css["hint"]}>{hint}</span>}
      </div>
    );
  }
  const list = Array.isArray(value);
  const size = formatCount(entries.length);
  return (
    <div>
      <div className={css["line"]}>
        {entries.length > 0 && (
          <button
            type="button"
            className={css["twist"]}
            aria-expanded={open}
            aria-label={`${open ? "Close" : "Open"} ${name ?? "value"}`}
            onClick={() => setOpen(!open)}
          >
            {open ? "▾" : "▸"}
          </button>
        )}
        {label}
        <span className={css["key"]}>{list ? `[${size}]` : `{${size}}`}</span>
        {!open && <span className={`${css["key"]} truncate`}>{preview(value)}</span>}
        {hint !== undefined && <span className={css["hint"]}>{hint}</span>}
      </div>
      {open && (
        <div className={css["nest"]}>
          {entries.slice(0, shown).map(([key, item], index) => (
            // A repeated key is possible here, so the place is the identity.
            // oxlint-disable-next-line react/no-array-index-key
            <Branch key={index} name={key} value={item} depth={depth + 1} tagged={tagged} />
          ))}
          {entries.length > shown && (
            <button type="button" className={css["more"]} onClick={() => setShown(shown + PAGE * 10)}>
              {formatCount(entries.length - shown)} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [String(index), item]);
  return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
}

function preview(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? "").slice(0, 120);
  } catch {
    return "";
  }
}

function Scalar({ value }: { value: unknown }): ReactNode {
  const [all, setAll] = useState(false);
  if (typeof value !== "string") {
    const look = typeof value === "number" || typeof value === "bigint" ? "number" : "literal";
    return <span className={css[look]}>{String(value)}</span>;
  }
  const long = value.length > LONG_STRING;
  return (
    <span className={css["value"]}>
      {long && !all ? `${value.slice(0, LONG_STRING)}…` : value}
      {long && (
        <button type="button" className={css["more"]} onClick={() => setAll(!all)}>
          {all ? "less" : `all ${formatCount(value.length)} characters`}
        </button>
      )}
      {value === "" && <span className={css["hint"]}>empty text</span>}
    </span>
  );
}
