import type { QueryCell, QueryRow, runQuery } from "@nightowl/model/api/query";
import { findMeasure } from "@nightowl/model/query/query-fields";
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { z } from "zod";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { seriesColour } from "../../components/stacked-chart.tsx";
import { useCostQuery } from "../../data/use-costs.ts";
import { formatUsd } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatCount, formatShare } from "../../view/format-number.ts";
import type { CostViewProps } from "./cost-overview.tsx";
import { formatRatio } from "./cost-totals.tsx";
import css from "./cost.module.css";
import { dimensionOf, rowLabel, type Dimension, TABLE_MEASURES } from "./measures.ts";

type QueryAnswer = z.output<typeof runQuery.response>;

const LIMIT = 100;

/** One line for each value: cost, its share, and what explains it. A heading sorts; a name leads to its traces. */
export function CostTable({ project, search, window, onSearch }: CostViewProps) {
  const by = dimensionOf(search.by);
  const sort = sortOf(search.sortBy);
  const answer = useCostQuery(
    project,
    {
      measures: TABLE_MEASURES,
      by: [by.name],
      sort: sort.name === "name" ? by.name : sort.name,
      order: sort.order,
      limit: LIMIT,
      filter: search.filter ?? "",
      ...window,
    },
    window !== undefined,
  );
  const { data } = answer;
  if (answer.isError && data === undefined) {
    return <ErrorPanel small title="No table" error={answer.error} onRetry={() => void answer.refetch()} />;
  }
  const totalUsd = data?.total?.values["cost"]?.value ?? 0;
  const onSort = (name: string) => {
    const flipped = sort.name === name && sort.order === "desc" ? `-${name}` : name;
    const { sortBy: _sortBy, ...rest } = search;
    onSearch(flipped === "cost" ? rest : { ...rest, sortBy: flipped }, true);
  };
  return (
    <section
      className={css["tableWrap"]}
      aria-label={`Cost by ${by.label}`}
      data-busy={answer.isPlaceholderData || undefined}
    >
      <table className={css["table"]}>
        <thead>
          <tr>
            <Heading name="name" label={by.label} sort={sort} onSort={onSort} />
            {TABLE_MEASURES.map((name) => (
              <Heading
                key={name}
                name={name}
                label={name === "count" ? "Calls" : (findMeasure(name)?.label ?? name)}
                hint={findMeasure(name)?.hint}
                sort={sort}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {data === undefined
            ? Array.from({ length: 5 }, (_, row) => (
                <tr key={row}>
                  <td colSpan={TABLE_MEASURES.length + 1}>
                    <Skeleton width={`${90 - row * 9}%`} />
                  </td>
                </tr>
              ))
            : rowsOf(data, by, sort).map((row, index) => (
                <Line
                  key={row.key[by.name] ?? ""}
                  row={row}
                  name={rowLabel(row, by)}
                  colour={
                    sort.name === "cost" && sort.order === "desc" && index < 8
                      ? seriesColour(index, "")
                      : undefined
                  }
                  share={totalUsd > 0 ? (row.values["cost"]?.value ?? 0) / totalUsd : 0}
                  link={
                    row.filter === null
                      ? undefined
                      : { project, search: { ...rangeOf(search), filter: row.filter } }
                  }
                />
              ))}
        </tbody>
      </table>
      {data !== undefined && (
        <p className={css["foot"]}>
          {data.groupCount > data.rows.length &&
            `The first ${formatCount(data.rows.length)} of ${formatCount(data.groupCount)}. `}
          {by.repeats && "A call can stand in several lines, so that they add up to more than the total. "}
          {by.name === "inside_tool" &&
            "Model calls that ran inside of a tool, such as an agent that is one."}
          {by.name === "fed_by_tool" &&
            "Model calls that were given a new result of the tool to read: what it costs that the tool said so much."}
        </p>
      )}
    </section>
  );
}

/** In the order of what is shown: the answer is in that of ids, where a value is one. */
function rowsOf({ rows, groupCount }: QueryAnswer, by: Dimension, sort: Sort): readonly QueryRow[] {
  if (sort.name !== "name" || groupCount > rows.length) return rows;
  const sign = sort.order === "asc" ? 1 : -1;
  return rows.toSorted((a, b) => sign * rowLabel(a, by).localeCompare(rowLabel(b, by)));
}

function rangeOf({ range, from, to }: CostViewProps["search"]) {
  return {
    ...(range === undefined ? {} : { range }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

interface Sort {
  name: string;
  order: "asc" | "desc";
}

function sortOf(sortBy: string | undefined): Sort {
  const name = sortBy?.replace(/^-/, "") ?? "cost";
  const known = name === "name" || TABLE_MEASURES.includes(name);
  const flipped = sortBy?.startsWith("-") === true;
  if (!known) return { name: "cost", order: "desc" };
  // Names begin with A.
  return { name, order: (name === "name") !== flipped ? "asc" : "desc" };
}

function Heading({
  name,
  label,
  hint,
  sort,
  onSort,
}: {
  name: string;
  label: string;
  hint?: string | undefined;
  sort: Sort;
  onSort: (name: string) => void;
}) {
  const sorted = sort.name === name;
  const Arrow = sort.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={sorted ? (sort.order === "asc" ? "ascending" : "descending") : "none"}
      title={hint}
    >
      <button type="button" onClick={() => onSort(name)}>
        {label}
        {sorted && <Arrow size={11} aria-hidden="true" />}
      </button>
    </th>
  );
}

function Line({
  row,
  name,
  colour,
  share,
  link,
}: {
  row: QueryRow;
  name: string;
  colour: string | undefined;
  share: number;
  link: { project: string; search: { filter: string } } | undefined;
}) {
  return (
    <tr>
      <th scope="row">
        {colour !== undefined && <i style={{ background: colour }} />}
        {link === undefined ? (
          <span title={name}>{name}</span>
        ) : (
          <Link
            to="/projects/$project/traces"
            params={{ project: link.project }}
            search={link.search}
            title={`Traces with ${link.search.filter}`}
          >
            {name}
          </Link>
        )}
      </th>
      {TABLE_MEASURES.map((measure) => (
        <td key={measure} data-measure={measure}>
          {measure === "cost" && (
            <span className={css["share"]} style={{ width: `${share * 100}%` }} title={formatShare(share)} />
          )}
          <Cell measure={measure} cell={row.values[measure]} row={row} />
        </td>
      ))}
    </tr>
  );
}

function Cell({ measure, cell, row }: { measure: string; cell: QueryCell | undefined; row: QueryRow }) {
  const value = cell?.value ?? null;
  if (measure === "cost" && value === null)
    return <span className="faint">{row.values["unpriced"]?.value ? "unpriced" : "–"}</span>;
  if (value === null) return <span className="faint">–</span>;
  if (measure === "unpriced" && value === 0) return <span className="faint">0</span>;
  const text = formatMeasure(measure, value);
  const spread = cell?.low !== undefined && cell.high !== undefined ? (cell.high - cell.low) / 2 : undefined;
  if (measure === "cost_mean" && spread !== undefined) {
    return (
      <span
        title={`${formatUsd(cell?.low ?? 0)} to ${formatUsd(cell?.high ?? 0)} with 95 % confidence, from ${formatCount(cell?.n ?? 0)} calls`}
      >
        {text} <span className="faint">±{formatUsd(spread).replace("$", "")}</span>
      </span>
    );
  }
  if (measure === "error_rate") {
    return (
      <span
        className={value > 0 ? "error-text" : "faint"}
        title={`${formatShare(cell?.low ?? 0)} to ${formatShare(cell?.high ?? 1)} with 95 % confidence`}
      >
        {text}
      </span>
    );
  }
  return text;
}

function formatMeasure(name: string, value: number): string {
  if (name === "output_ratio") return formatRatio(value);
  switch (findMeasure(name)?.unit) {
    case "usd":
      return formatUsd(value);
    case "share":
      return formatShare(value);
    case "ms":
      return formatDuration(value);
    case "tokens":
      return formatCompact(value);
    default:
      return formatCount(value);
  }
}
