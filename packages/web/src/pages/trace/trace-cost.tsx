import { COST_BUCKETS } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import { BUCKET_LABELS, PART_LABELS } from "@nightowl/model/query/query-fields";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { ShareBars } from "../../components/share-bars.tsx";
import { useTraceCost } from "../../data/use-costs.ts";
import { formatCostTotal, formatUsd } from "../../view/format-cost.ts";
import { formatCompact, formatPlural } from "../../view/format-number.ts";
import css from "./trace-cost.module.css";

/** What a trace cost, by model, bucket, part of its prompts and tool. Asked for when it is opened. */
export function TraceCost({ project, traceId }: { project: string; traceId: string }) {
  const { data: cost, error, isError, refetch } = useTraceCost(project, traceId, true);
  if (isError && cost === undefined) {
    return (
      <ErrorPanel small title="The cost could not be read" error={error} onRetry={() => void refetch()} />
    );
  }
  if (cost === undefined) return <Skeleton width={320} height={120} />;
  const total = formatCostTotal(cost.costUsd, cost.unpricedCount);
  return (
    <div className={css["cost"]}>
      <p>
        <b>{total.text}</b> for {formatPlural(cost.callCount, "model call")}
        {cost.unpricedCount > 0 && `, ${cost.unpricedCount} of them unpriced`}
        {cost.reportedUsd > 0 && `; ${formatUsd(cost.reportedUsd)} as the application reported it`}
      </p>
      <h3>By model</h3>
      <ShareBars
        rows={cost.models.map(({ model, costUsd, inputTokens, outputTokens }) => ({
          name: model || "no model",
          value: costUsd,
          note: `${formatCompact(inputTokens)} → ${formatCompact(outputTokens)}`,
        }))}
        formatValue={formatUsd}
        empty="No model call of it has a price."
      />
      <h3>By bucket</h3>
      <ShareBars
        rows={COST_BUCKETS.map((bucket) => ({ name: BUCKET_LABELS[bucket], value: cost.buckets[bucket] }))}
        formatValue={formatUsd}
        empty="Nothing is priced."
      />
      <h3>Of the input, by part of the prompts</h3>
      <ShareBars
        rows={PROMPT_PARTS.map((part) => ({
          name: PART_LABELS[part],
          value: cost.parts[part].tokens,
          note: formatUsd(cost.parts[part].costUsd),
        }))}
        formatValue={(tokens) => `${formatCompact(tokens)} tokens`}
        empty="No prompt with text was traced."
      />
      {cost.tools.length > 0 && (
        <>
          <h3>By tool</h3>
          <table className={css["tools"]}>
            <thead>
              <tr>
                <td />
                <th scope="col" title="Model calls that ran inside of the tool">
                  calls inside it
                </th>
                <th scope="col" title="Model calls that were given a new result of the tool to read">
                  calls it feeds
                </th>
              </tr>
            </thead>
            <tbody>
              {cost.tools.map((tool) => (
                <tr key={tool.tool}>
                  <th scope="row">{tool.tool}</th>
                  <td>
                    {tool.insideCalls === 0 ? "–" : `${formatUsd(tool.insideUsd)} · ${tool.insideCalls}`}
                  </td>
                  <td>{tool.fedCalls === 0 ? "–" : `${formatUsd(tool.fedUsd)} · ${tool.fedCalls}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}
