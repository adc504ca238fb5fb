import { Link } from "@tanstack/react-router";
import { KindDot, Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { useTraceList } from "../../data/use-traces.ts";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatCompact } from "../../view/format-number.ts";
import type { CostViewProps } from "./cost-overview.tsx";
import css from "./cost.module.css";

const SHOWN = 10;

/** The dearest traces of the range. */
export function TopTraces({ project, search, window }: Omit<CostViewProps, "onSearch">) {
  const { view: _view, by: _by, sortBy: _sortBy, price: _price, provider: _provider, ...list } = search;
  const traces = useTraceList(
    project,
    {
      sort: "cost",
      order: "desc",
      ...(search.filter === undefined ? {} : { filter: search.filter }),
      ...window,
    },
    window !== undefined,
  );
  return (
    <section className={css["section"]} aria-label="The dearest traces">
      <h2>
        The dearest traces
        <Link
          className="link"
          to="/projects/$project/traces"
          params={{ project }}
          search={{ ...list, sort: "cost" }}
        >
          all
        </Link>
      </h2>
      {traces.isError && traces.rows.length === 0 ? (
        <ErrorPanel small title="No traces" error={traces.error} onRetry={() => void traces.refetch()} />
      ) : traces.isPending ? (
        <Skeleton width="80%" height={160} />
      ) : (
        <ol className={css["traces"]}>
          {traces.rows.slice(0, SHOWN).map((trace) => (
            <li key={trace.traceId}>
              <Link
                to="/projects/$project/traces/$traceId"
                params={{ project, traceId: trace.traceId }}
                search={list}
              >
                <KindDot kind={trace.kind} failed={trace.errorCount > 0} />
                <span className="truncate">{trace.name || "(no name)"}</span>
                <span className={`faint truncate ${css["preview"]}`}>{trace.inputPreview}</span>
              </Link>
              <span className="num faint">
                {formatCompact((trace.inputTokens ?? 0) + (trace.outputTokens ?? 0))}
              </span>
              <b className="num">{formatCostTotal(trace.costUsd, trace.unpricedCount).text}</b>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
