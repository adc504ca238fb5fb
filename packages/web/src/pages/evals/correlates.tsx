import type { Correlate, Outcome } from "@nightowl/model/api/correlates";
import { printTerm } from "@nightowl/model/filter/print-filter";
import { literalValue } from "@nightowl/model/filter/value-pattern";
import { Link } from "@tanstack/react-router";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import type { EvalsSearch } from "../../data/evals-search.ts";
import { useCorrelates } from "../../data/use-evals.ts";
import { formatUsd } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCount, formatPlural } from "../../view/format-number.ts";
import { formatScore } from "../../view/annotations.ts";
import css from "./evals.module.css";

/** The values that bad traces have more often, or more seldom, than the others. */
export function Correlates({
  project,
  search,
  name,
  window,
  onChange,
}: {
  project: string;
  search: EvalsSearch;
  name: string | undefined;
  window: { from?: string; to?: string; filter?: string } | undefined;
  onChange: (search: EvalsSearch) => void;
}) {
  const outcome: Outcome = search.outcome ?? "eval";
  const { data, error, refetch, isPlaceholderData } = useCorrelates(project, { outcome, name, window });
  return (
    <section className={css["section"]} aria-label="What goes with bad traces">
      <header className={css["sectionHead"]}>
        <h2>What goes with</h2>
        <select
          aria-label="What is bad"
          value={outcome}
          onChange={(event) => {
            const { outcome: _outcome, ...rest } = search;
            const next = event.target.value;
            onChange(next === "eval" ? rest : { ...rest, outcome: next as "error" | "slow" | "cost" });
          }}
        >
          <option value="eval">low {name ?? "scores"}</option>
          <option value="error">failure</option>
          <option value="slow">slowness</option>
          <option value="cost">cost</option>
        </select>
        {data !== undefined && <span className="faint">{explain(outcome, data)}</span>}
      </header>
      {error !== null && data === undefined ? (
        <ErrorPanel
          title="The traces could not be compared"
          error={error}
          onRetry={() => void refetch()}
          small
        />
      ) : data === undefined ? (
        <Skeleton width="70%" height={80} />
      ) : data.data.length === 0 ? (
        <p className={css["none"]}>
          {data.badCount === 0 ? "No trace of this time is bad in this way." : "Nothing stands out."}
        </p>
      ) : (
        <div className={css["scroll"]} aria-busy={isPlaceholderData}>
          <table className={css["correlates"]}>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Value</th>
                <th scope="col">Of the bad</th>
                <th scope="col">Of the rest</th>
                <th scope="col" title="Difference in standard errors; beyond 3 it is hardly chance">
                  z
                </th>
              </tr>
            </thead>
            <tbody>
              {data.data.map((correlate) => (
                <Line
                  key={`${correlate.field} ${correlate.value}`}
                  project={project}
                  search={search}
                  correlate={correlate}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Line({
  project,
  search,
  correlate,
}: {
  project: string;
  search: EvalsSearch;
  correlate: Correlate;
}) {
  const { field, value, badCount, restCount, badShare, restShare, z } = correlate;
  const filter = printTerm({ type: "field", field, op: "=", values: [literalValue(value)], negated: false });
  const { range, from, to } = search;
  return (
    <tr data-more={z > 0 || undefined}>
      <td className="faint mono">{field}</td>
      <td>
        <Link
          to="/projects/$project/traces"
          params={{ project }}
          search={{
            ...(range === undefined ? {} : { range }),
            ...(from === undefined || to === undefined ? {} : { from, to }),
            filter,
          }}
          title={`Traces with ${filter}`}
        >
          {value}
        </Link>
      </td>
      <td>
        <Share share={badShare} count={badCount} isBad />
      </td>
      <td>
        <Share share={restShare} count={restCount} />
      </td>
      <td className="num" data-sure={Math.abs(z) > 3 || undefined}>
        {z > 0 ? "+" : "−"}
        {Math.abs(z).toFixed(1)}
      </td>
    </tr>
  );
}

function Share({ share, count, isBad = false }: { share: number; count: number; isBad?: boolean }) {
  return (
    <span className={css["share"]} data-bad={isBad || undefined}>
      <i>
        <i style={{ width: `${share * 100}%` }} />
      </i>
      <span className="num">
        {(share * 100).toFixed(0)} % <span className="faint">{formatCount(count)}</span>
      </span>
    </span>
  );
}

function explain(
  outcome: Outcome,
  { badCount, restCount, threshold }: { badCount: number; restCount: number; threshold: number | null },
): string {
  const what =
    threshold === null
      ? ""
      : outcome === "slow"
        ? `over ${formatDuration(threshold)}: `
        : outcome === "cost"
          ? `over ${formatUsd(threshold)}: `
          : `below ${formatScore(threshold)}: `;
  return `${what}${formatPlural(badCount, "trace")} against ${formatCount(restCount)}`;
}
