import type { QueryRow } from "@nightowl/model/api/query";
import { Link } from "@tanstack/react-router";
import { Figure, Figures } from "../../components/figures.tsx";
import type { CostSearch } from "../../data/cost-search.ts";
import { useCostQuery } from "../../data/use-costs.ts";
import { useNow } from "../../data/use-now.ts";
import { formatCostTotal, formatUsd } from "../../view/format-cost.ts";
import { formatCompact, formatCount, formatPlural, formatShare } from "../../view/format-number.ts";
import { projectionStartMs, projectMonth } from "../../view/project-cost.ts";

type Total = Pick<QueryRow, "count" | "values"> | undefined;

/** The figures of the range, and where the month is going. */
export function CostTotals({
  project,
  search,
  total,
}: {
  project: string;
  search: CostSearch;
  total: Total;
}) {
  const value = (name: string) => total?.values[name]?.value ?? null;
  const unpriced = value("unpriced") ?? 0;
  const cost = formatCostTotal(value("cost"), unpriced);
  const reported = value("reported_cost") ?? 0;
  return (
    <Figures>
      <Figure label="Cost" note={reported > 0 ? `${formatUsd(reported)} reported by the app` : undefined}>
        {total && (cost.text || "nothing")}
      </Figure>
      <Projection project={project} search={search} />
      <Figure label="Model calls" note={total && `in ${formatPlural(value("trace_count") ?? 0, "trace")}`}>
        {total && formatCount(total.count)}
      </Figure>
      <Figure
        label="Tokens"
        note={
          total &&
          `${formatCompact(value("input_tokens") ?? 0)} in, ${formatCompact(value("output_tokens") ?? 0)} out`
        }
      >
        {total && formatCompact(value("tokens") ?? 0)}
      </Figure>
      <Figure label="Out : in" note="output tokens for each input token">
        {total && formatRatio(value("output_ratio"))}
      </Figure>
      <Figure label="Cache hits" note="of the input tokens">
        {total && (value("cache_hit_share") === null ? "–" : formatShare(value("cache_hit_share") ?? 0))}
      </Figure>
      <Figure
        label="Unpriced"
        tone={unpriced > 0 ? "warn" : undefined}
        note={
          unpriced > 0 ? (
            <Link
              className="link"
              to="/projects/$project/cost"
              params={{ project }}
              search={{ ...search, view: "prices" }}
            >
              set prices
            </Link>
          ) : (
            "every call has a price"
          )
        }
      >
        {total && formatPlural(unpriced, "call")}
      </Figure>
    </Figures>
  );
}

/** What the month, UTC, will have cost; whatever range is shown. */
function Projection({ project, search }: { project: string; search: CostSearch }) {
  const nowMs = useNow();
  const from = new Date(projectionStartMs(nowMs)).toISOString();
  const { data } = useCostQuery(project, {
    measures: ["cost"],
    by: ["time"],
    filter: search.filter ?? "",
    from,
    to: new Date(Math.ceil(nowMs / 86_400_000) * 86_400_000).toISOString(),
    timeBuckets: 45,
    totals: false,
  });
  const month = new Intl.DateTimeFormat("en-GB", { month: "long", timeZone: "UTC" }).format(nowMs);
  const projection =
    data &&
    projectMonth(
      data.rows.map(({ key, values }) => ({
        dayMs: Number(BigInt(key["time"] ?? "0") / 1_000_000n),
        costUsd: values["cost"]?.value ?? 0,
      })),
      nowMs,
    );
  return (
    <Figure
      label={`${month}, projected`}
      note={
        projection &&
        `${formatUsd(projection.spentUsd)} so far, going on as in the last ${projection.basisDays === 1 ? "day" : formatPlural(projection.basisDays, "day")}`
      }
    >
      {projection && formatUsd(projection.projectedUsd)}
    </Figure>
  );
}

/** `0.31`; very uneven ones keep their figures: `0.0042`. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return "–";
  return ratio >= 0.1 ? ratio.toFixed(2) : Number(ratio.toPrecision(2)).toString();
}
