import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState, type KeyboardEvent } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { Chip, KindDot, Skeleton } from "../../components/marks.tsx";
import { TimeText } from "../../components/time-text.tsx";
import type { PromptListSearch } from "../../data/prompt-search.ts";
import type { PromptTemplateRow } from "../../data/use-prompts.ts";
import { useShortcutHelp } from "../../frame/shortcut-help.ts";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatCount } from "../../view/format-number.ts";
import { sparkPath } from "../../view/prompt-timeline.ts";
import { versionName } from "../../view/prompt-version.ts";
import css from "./prompts-page.module.css";

const HELP = {
  title: "Prompts",
  lines: [
    { keys: ["j", "k"], does: "next and previous template" },
    { keys: ["Enter"], does: "open it" },
  ],
} as const;

type SortKey = "calls" | "versions" | "latency" | "tokens" | "cost" | "errors" | "last";

const SORT_VALUES: Record<SortKey, (row: PromptTemplateRow) => number> = {
  calls: ({ callCount }) => callCount,
  versions: ({ versionCount }) => versionCount,
  latency: ({ durationP95Ms }) => durationP95Ms ?? -1,
  tokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
  cost: ({ costUsd }) => costUsd ?? -1,
  errors: ({ errorCount, callCount }) => errorCount / Math.max(1, callCount),
  last: ({ lastTimeNs }) => Number(BigInt(lastTimeNs) / 1_000_000n),
};

const COLUMNS: { label: string; sort?: SortKey; end?: boolean; className?: string }[] = [
  { label: "Template" },
  { label: "Calls over time", className: "spark" },
  { label: "Calls", sort: "calls", end: true },
  { label: "Versions", sort: "versions", end: true },
  { label: "p95", sort: "latency", end: true, className: "wide" },
  { label: "Tokens a call", sort: "tokens", end: true, className: "wide" },
  { label: "Cost", sort: "cost", end: true, className: "middling" },
  { label: "Errors", sort: "errors", end: true, className: "middling" },
  { label: "Last call", sort: "last", end: true, className: "wide" },
];

/** The templates as rows that lead to their pages. */
export function PromptTable({
  project,
  search,
  rows,
  stale,
}: {
  project: string;
  search: PromptListSearch;
  rows: readonly PromptTemplateRow[];
  stale: boolean;
}) {
  const [sort, setSort] = useState<SortKey>("calls");
  const bodyRef = useRef<HTMLTableSectionElement>(null);
  const navigate = useNavigate();
  useShortcutHelp(HELP);
  const sorted = rows.toSorted((a, b) => SORT_VALUES[sort](b) - SORT_VALUES[sort](a));
  const links = () => [...(bodyRef.current?.querySelectorAll<HTMLAnchorElement>("a[data-row]") ?? [])];
  const step = (by: number) => {
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  useHotkeys("j", () => step(1));
  useHotkeys("k", () => step(-1));
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step(by);
  };
  return (
    <div className={css["wrap"]} data-stale={stale || undefined}>
      <table className={css["table"]}>
        <thead>
          <tr>
            {COLUMNS.map(({ label, sort: key, end, className }) => (
              <th
                key={label}
                scope="col"
                className={className && css[className]}
                data-align={end ? "end" : undefined}
                aria-sort={key !== undefined && key === sort ? "descending" : undefined}
              >
                {key === undefined ? (
                  label
                ) : (
                  <button type="button" onClick={() => setSort(key)}>
                    {label}
                    {key === sort && <span aria-hidden="true"> ↓</span>}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={bodyRef} onKeyDown={onKeyDown}>
          {sorted.map((row) => (
            <tr
              key={row.templateId}
              onClick={(event) => {
                if (event.defaultPrevented || globalThis.getSelection()?.toString()) return;
                void navigate({
                  to: "/projects/$project/prompts/$templateId",
                  params: { project, templateId: row.templateId },
                  search,
                });
              }}
            >
              <Cells project={project} search={search} row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells({
  project,
  search,
  row,
}: {
  project: string;
  search: PromptListSearch;
  row: PromptTemplateRow;
}) {
  const { callCount, errorCount, inputTokens, outputTokens } = row;
  const cost = formatCostTotal(row.costUsd, row.unpricedCount);
  const where = [...row.services, ...row.models].join(" · ");
  return (
    <>
      <td className={css["name"]}>
        <KindDot kind="PROMPT" />
        <div>
          <Link
            to="/projects/$project/prompts/$templateId"
            params={{ project, templateId: row.templateId }}
            search={search}
            data-row
            title={row.title}
          >
            {row.title}
          </Link>
          <span className={css["where"]} title={where}>
            {row.source === "declared" && <Chip>declared</Chip>}
            <span className="truncate">{where}</span>
          </span>
        </div>
      </td>
      <td className={css["spark"]}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={sparkPath(row.buckets)} />
        </svg>
      </td>
      <td data-align="end">{formatCount(callCount)}</td>
      <td data-align="end" title={`The latest is ${versionName(row.latestVersion)}`}>
        {row.versionCount}
        <span className="faint"> · {versionName(row.latestVersion)}</span>
      </td>
      <td data-align="end" className={css["wide"]}>
        {formatDuration(row.durationP95Ms)}
      </td>
      <td data-align="end" className={css["wide"]} title="Input and output">
        {formatCompact((inputTokens + outputTokens) / Math.max(1, callCount))}
      </td>
      <td
        data-align="end"
        className={css["middling"]}
        title={cost.partial ? "Some calls have no known price" : undefined}
      >
        {cost.text || "–"}
        {cost.partial && "+"}
      </td>
      <td data-align="end" className={css["middling"]} data-tone={errorCount > 0 ? "error" : undefined}>
        {errorCount === 0 ? "–" : `${((errorCount / Math.max(1, callCount)) * 100).toFixed(1)} %`}
      </td>
      <td data-align="end" className={css["wide"]}>
        <TimeText ns={row.lastTimeNs} form="relative" />
      </td>
    </>
  );
}

export function PromptTableSkeleton() {
  return (
    <div className={css["skeleton"]} role="status" aria-label="Loading the prompts">
      {[62, 48, 70, 40, 55, 44].map((width) => (
        <div key={width}>
          <Skeleton width={`${width}%`} />
          <Skeleton width={90} />
        </div>
      ))}
    </div>
  );
}
