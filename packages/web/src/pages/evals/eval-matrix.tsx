import type { QueryCell, QueryRow } from "@nightowl/model/api/query";
import { DIMENSION_FIELDS } from "@nightowl/model/query/query-fields";
import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import type { EvalsSearch } from "../../data/evals-search.ts";
import { useEvalMatrix } from "../../data/use-evals.ts";
import { formatScore } from "../../view/annotations.ts";
import { formatUsd } from "../../view/format-cost.ts";
import { formatCompact, formatCount } from "../../view/format-number.ts";
import css from "./evals.module.css";

const DEFAULT_BY = "prompt_version";
/** Dimensions that make sense of evaluations. */
const CHOICES = DIMENSION_FIELDS.filter(
  ({ name, of }) =>
    of.includes("calls") && !["time", "trace", "cost_source", "price", "unpriced_reason"].includes(name),
);

/** Variants by evaluations, worst first: each cell a mean with its interval and count, and a way to its traces. */
export function EvalMatrix({
  project,
  search,
  names,
  known,
  window,
  onChange,
}: {
  project: string;
  search: EvalsSearch;
  /** Of the columns; the first is sorted by. */
  names: readonly string[];
  known: readonly { name: string; minScore: number | null; maxScore: number | null }[];
  window: { from?: string; to?: string; filter?: string } | undefined;
  onChange: (search: EvalsSearch) => void;
}) {
  const by = search.by ?? DEFAULT_BY;
  const { data, error, refetch, isPlaceholderData } = useEvalMatrix(project, { by, names, window });
  const label = CHOICES.find(({ name }) => name === by)?.label ?? by;
  return (
    <section className={css["section"]} aria-label="Evaluations by variant">
      <header className={css["sectionHead"]}>
        <h2>By</h2>
        <select
          aria-label="Rows"
          value={by}
          onChange={(event) => {
            const { by: _by, ...rest } = search;
            onChange(event.target.value === DEFAULT_BY ? rest : { ...rest, by: event.target.value });
          }}
        >
          {CHOICES.map((choice) => (
            <option key={choice.name} value={choice.name}>
              {choice.label}
            </option>
          ))}
        </select>
        <span className="faint">
          Means, worst {names[0] ?? ""} first, with 95 % intervals. A judgement of a whole trace counts for
          the call that answered.
        </span>
      </header>
      {error !== null && data === undefined ? (
        <ErrorPanel
          title="The evaluations could not be counted"
          error={error}
          onRetry={() => void refetch()}
          small
        />
      ) : data === undefined ? (
        <Skeleton width="70%" height={80} />
      ) : (
        <div className={css["scroll"]} aria-busy={isPlaceholderData}>
          <table className={css["matrix"]}>
            <thead>
              <tr>
                <th scope="col">{label}</th>
                {names.map((name, index) => (
                  <th key={name} scope="col" aria-sort={index === 0 ? "ascending" : undefined}>
                    <button
                      type="button"
                      onClick={() => onChange({ ...search, name })}
                      title={`Worst ${name} first`}
                    >
                      {name}
                      {index === 0 && " ↑"}
                    </button>
                  </th>
                ))}
                <th scope="col">Calls</th>
                <th scope="col">Errors</th>
                <th scope="col">Cost</th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <MatrixRow
                  key={row.key[by] ?? "null"}
                  project={project}
                  search={search}
                  by={by}
                  row={row}
                  names={names}
                  known={known}
                />
              ))}
            </tbody>
          </table>
          {data.rows.length === 0 && <p className={css["none"]}>No model call in this time.</p>}
          {data.groupCount > data.rows.length && (
            <p className={css["none"]}>
              The first {formatCount(data.rows.length)} of {formatCount(data.groupCount)}.
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function MatrixRow({
  project,
  search,
  by,
  row,
  names,
  known,
}: {
  project: string;
  search: EvalsSearch;
  by: string;
  row: QueryRow;
  names: readonly string[];
  known: readonly { name: string; minScore: number | null; maxScore: number | null }[];
}) {
  const value = row.key[by];
  const text =
    row.labels?.[by] ??
    (value === null ? "all others" : value === "" || value === undefined ? "(none)" : value);
  const { range, from, to } = search;
  const links =
    row.filter === null
      ? undefined
      : {
          ...(range === undefined ? {} : { range }),
          ...(from === undefined || to === undefined ? {} : { from, to }),
          ...(row.filter === "" ? {} : { filter: row.filter }),
        };
  return (
    <tr>
      <th scope="row" title={text}>
        {links === undefined ? (
          text
        ) : (
          <Link
            to="/projects/$project/traces"
            params={{ project }}
            search={links}
            title={`Traces of ${text}`}
          >
            {text}
          </Link>
        )}
      </th>
      {names.map((name) => (
        <td key={name}>
          <Score cell={row.values[`eval:${name}`]} scale={known.find((each) => each.name === name)} />
        </td>
      ))}
      <td className="num">{formatCompact(row.count)}</td>
      <td className="num">{formatShare(row.values["error_rate"])}</td>
      <td className="num">
        {row.values["cost"]?.value == null ? "unpriced" : formatUsd(row.values["cost"].value)}
      </td>
    </tr>
  );
}

/** A mean on its scale: shaded from bad to good, with its interval and what it rests on. */
function Score({
  cell,
  scale,
}: {
  cell: QueryCell | undefined;
  scale: { minScore: number | null; maxScore: number | null } | undefined;
}) {
  if (cell?.value == null) return <span className="faint">–</span>;
  const { value, low, high, n } = cell;
  const [min, max] = [Math.min(0, scale?.minScore ?? 0), Math.max(1, scale?.maxScore ?? 1)];
  const share = (value - min) / (max - min);
  const interval =
    low === undefined || high === undefined ? undefined : `${formatScore(low)} – ${formatScore(high)}`;
  return (
    <span
      className={css["score"]}
      style={{ "--share": share } as CSSProperties}
      title={interval === undefined ? undefined : `95 % between ${interval}`}
    >
      <b className="num">{value.toFixed(2)}</b>
      <span className="faint num">
        {interval !== undefined && `±${((high! - low!) / 2).toFixed(2)} `}
        {n !== undefined && `n ${formatCompact(n)}`}
      </span>
    </span>
  );
}

function formatShare(cell: QueryCell | undefined): string {
  return cell?.value == null ? "–" : `${(cell.value * 100).toFixed(1)} %`;
}
