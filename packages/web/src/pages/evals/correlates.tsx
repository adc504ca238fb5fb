import type { Correlate, Outcome } from "@nightowl/model/api/correlates";
import { printEquals } from "@nightowl/model/filter/print-filter";
import { Link } from "@tanstack/react-router";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import type { EvalsSearch } from "../../data/evals-search.ts";
import { rangeSearch } from "../../data/search-state.ts";
import { useCorrelates } from "../../data/use-evals.ts";
import { formatUsd } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCount, formatPlural } from "../../view/format-number.ts";
import { formatScore } from "../../view/annotations.ts";
import css from "./evals.module.css";

const LABEL = "label:";

/** The values that bad traces have more often, or more seldom, than the others. */
export function Correlates({
  project,
  search,
  name,
  labels,
  window,
  onChange,
}: {
  project: string;
  search: EvalsSearch;
  name: string | undefined;
  /** Labels of that evaluation, each of which may be what is bad. */
  labels: readonly string[];
  window: { from?: string; to?: string; filter?: string } | undefined;
  onChange: (search: EvalsSearch) => void;
}) {
  const outcome: Outcome = search.outcome ?? "eval";
  // A label is of one evaluation: under another one it means nothing.
  const label = search.label !== undefined && labels.includes(search.label) ? search.label : undefined;
  const { data, error, refetch, isPlaceholderData } = useCorrelates(project, {
    outcome,
    name,
    label,
    window,
  });
  return (
    <section className={css["section"]} aria-label="What goes with bad traces">
      <header className={css["sectionHead"]}>
        <h2>What goes with</h2>
        <select
          aria-label="What is bad"
          value={outcome === "eval" && label !== undefined ? `${LABEL}${label}` : outcome}
          onChange={(event) => {
            const { outcome: _outcome, label: _label, ...rest } = search;
            const next = event.target.value;
            if (next === "eval") onChange(rest);
            else if (next.startsWith(LABEL)) onChange({ ...rest, label: next.slice(LABEL.length) });
            else onChange({ ...rest, outcome: next as "error" | "slow" | "cost" });
          }}
        >
          <option value="eval">low {name ?? "scores"}</option>
          {labels.map((each) => (
            <option key={each} value={`${LABEL}${each}`}>
              {name}: {each}
            </option>
          ))}
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
            {data.data.map((correlate) => (
              <Field key={correlate.field} project={project} search={search} correlate={correlate} />
            ))}
          </table>
        </div>
      )}
    </section>
  );
}

/** A field with the values that tell most, the strongest first. */
function Field({
  project,
  search,
  correlate,
}: {
  project: string;
  search: EvalsSearch;
  correlate: Correlate;
}) {
  const { field, values, valueCount } = correlate;
  const rest = valueCount - values.length;
  return (
    <tbody>
      {values.map((each, index) => (
        <tr key={each.value} data-more={each.z > 0 || undefined}>
          {index === 0 && (
            <th scope="rowgroup" rowSpan={values.length} className="mono">
              <span title={field}>{field}</span>
              {rest > 0 && <small>and {formatPlural(rest, "other value")}</small>}
            </th>
          )}
          <td>
            <ValueLink
              project={project}
              search={search}
              field={field}
              value={each.value}
              label={each.label}
            />
            {each.same.length > 0 && (
              <small title="These mark exactly the same traces">
                the same: {each.same.map((one) => `${one.field} ${one.value}`).join(", ")}
              </small>
            )}
          </td>
          <td>
            <Share share={each.badShare} count={each.badCount} isBad />
          </td>
          <td>
            <Share share={each.restShare} count={each.restCount} />
          </td>
          <td className="num" data-sure={Math.abs(each.z) > 3 || undefined}>
            {each.z > 0 ? "+" : "−"}
            {Math.abs(each.z).toFixed(1)}
          </td>
        </tr>
      ))}
    </tbody>
  );
}

function ValueLink({
  project,
  search,
  field,
  value,
  label = value,
}: {
  project: string;
  search: EvalsSearch;
  field: string;
  value: string;
  label?: string | undefined;
}) {
  const term = printEquals(field, value);
  const filter = search.filter === undefined ? term : `${search.filter} ${term}`;
  return (
    <Link
      to="/projects/$project/traces"
      params={{ project }}
      search={{ ...rangeSearch(search), filter }}
      title={`Traces with ${term}`}
    >
      {label}
    </Link>
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
