import { printEquals } from "@nightowl/model/filter/print-filter";
import type { SpanDetail } from "@nightowl/model/api/spans";
import { plainValue } from "@nightowl/model/span/attribute-reader";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Filter } from "lucide-react";
import { memo, useDeferredValue, useMemo, useRef, useState, type ReactNode } from "react";
import { buttonClass } from "../../../components/button.tsx";
import { CopyButton, copyText } from "../../../components/copy-button.tsx";
import { formatCount } from "../../../view/format-number.ts";
import { jsonText } from "../../../view/transcript-messages.ts";
import { openTagged } from "../../../components/values/tagged-value.ts";
import { ValueTree } from "../../../components/values/value-tree.tsx";
import { attributeRows, type AttributeRow } from "./attribute-rows.ts";
import css from "./attributes-tab.module.css";

const LINE_HEIGHT = 28;
const LONG_VALUE = 400;

/** Everything that was sent with the span, in the order it was sent; searched, copied, and filtered by. */
export function AttributesTab({ project, span }: { project: string; span: SpanDetail }) {
  const [search, setSearch] = useState("");
  const sought = useDeferredValue(search);
  const rows = useMemo(() => attributeRows(span, sought), [span, sought]);
  const listRef = useRef<HTMLDivElement>(null);
  // The list is not memoised by a compiler here, which is what the rule is about.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => listRef.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 16,
    useFlushSync: false,
  });
  return (
    <div className={css["attributes"]}>
      <input
        className={css["search"]}
        type="text"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        placeholder="Find a key or a value"
        aria-label="Find in attributes"
        spellCheck={false}
      />
      <div ref={listRef} className={css["attributeList"]}>
        <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={css["attributeSlot"]}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {row.type === "section" ? (
                  <h3 className={css["sectionTitle"]}>
                    {row.title} <span className="faint">{formatCount(row.count)}</span>
                  </h3>
                ) : (
                  <AttributeLine row={row} project={project} />
                )}
              </div>
            );
          })}
        </div>
        {rows.length === 0 && <p className="faint">Nothing contains “{sought}”.</p>}
      </div>
    </div>
  );
}

const AttributeLine = memo(function AttributeLine({
  row,
  project,
}: {
  row: Extract<AttributeRow, { type: "attribute" }>;
  project: string;
}) {
  const [open, setOpen] = useState(false);
  const { value, entries, hint } = openTagged(row.value);
  const nested = entries !== undefined || (typeof value === "object" && value !== null);
  const text = nested ? JSON.stringify(plainValue(row.value)) : String(value);
  const long = nested || text.length > LONG_VALUE || text.includes("\n");
  return (
    <div className={css["attribute"]} data-open={open || undefined}>
      <button
        type="button"
        className={css["attributeKey"]}
        data-claimed={row.claimed || undefined}
        title={
          row.claimed
            ? `${row.key}\nShown in the other tabs, too\nClick to copy`
            : `${row.key}\nClick to copy`
        }
        onClick={() => void copyText(row.key, "Key copied")}
      >
        <span>{breakable(row.key)}</span>
      </button>
      <div className={css["attributeValue"]}>
        {open && nested ? (
          <ValueTree value={row.value} tagged />
        ) : (
          <span
            className={open ? css["valueOpen"] : css["valueLine"]}
            data-type={nested ? "nested" : typeof value}
          >
            {open ? text : text.slice(0, LONG_VALUE)}
          </span>
        )}
        {value === "" && <span className={css["valueHint"]}>empty text</span>}
        {hint !== undefined && <span className={css["valueHint"]}>{hint}</span>}
        {row.truncated && <span className={css["valueHint"]}>cut</span>}
      </div>
      <div className={css["attributeActions"]}>
        {long && (
          <button
            type="button"
            className={css["textButton"]}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? "less" : "more"}
          </button>
        )}
        {row.filter !== undefined && <FilterButton project={project} filter={row.filter} />}
        <CopyButton
          text={() => copyable(row.value)}
          label={`Copy the value of ${row.key}`}
          what="Value copied"
        />
      </div>
    </div>
  );
});

/** A key that wraps after its dots rather than within a word. */
function breakable(key: string): ReactNode[] {
  return key.split(/(?<=\.)/).flatMap((part, index) =>
    // Parts of a key never move.
    // oxlint-disable-next-line react/no-array-index-key
    index === 0 ? [part] : [<wbr key={index} />, part],
  );
}

function FilterButton({ project, filter }: { project: string; filter: { field: string; value: string } }) {
  const text = printEquals(filter.field, filter.value);
  return (
    <Link
      className={buttonClass({ variant: "ghost", size: "small", icon: true })}
      to="/projects/$project/traces"
      params={{ project }}
      search={{ filter: text }}
      title={`Traces with ${text}`}
      aria-label={`Traces with ${text}`}
    >
      <Filter size={12} aria-hidden="true" />
    </Link>
  );
}

function copyable(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}
