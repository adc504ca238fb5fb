import type { getSpanCost } from "@nightowl/model/api/costs";
import { COST_BUCKETS } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import { BUCKET_LABELS, PART_LABELS } from "@nightowl/model/query/query-fields";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { Link } from "@tanstack/react-router";
import type { z } from "zod";
import { Skeleton } from "../../../components/marks.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { ShareBars } from "../../../components/share-bars.tsx";
import { useSpanCost } from "../../../data/use-costs.ts";
import { costWord } from "../../../view/cost-source.ts";
import { formatUsd } from "../../../view/format-cost.ts";
import { formatCount } from "../../../view/format-number.ts";
import { rateText } from "../../../view/rate-text.ts";
import type { TraceModel } from "../trace-model.ts";
import css from "./cost-tab.module.css";

type SpanCost = z.output<typeof getSpanCost.response>;

/** What a model call cost, who says so, and which part of its prompt the money went to. */
export function CostTab({ model, node }: { model: TraceModel; node: TreeNode }) {
  const { project, traceId } = model;
  const { data: cost, isError, error, refetch } = useSpanCost(project, traceId, node.span.spanId);
  if (isError && cost === undefined) {
    return (
      <ErrorPanel small title="The cost could not be read" error={error} onRetry={() => void refetch()} />
    );
  }
  if (cost === undefined) return <CostSkeleton />;
  const named = namingCall(node);
  return (
    <div className={css["cost"]}>
      <section>
        <p className={css["total"]}>
          <b>
            {cost.costUsd !== null ? formatUsd(cost.costUsd) : cost.source === "unpriced" ? "unpriced" : "–"}
          </b>
          <span>{costWord(cost)}</span>
        </p>
        {cost.source === "unpriced" && named !== undefined && (
          <p>
            <Link
              className="link"
              to="/projects/$project/cost"
              params={{ project }}
              search={{
                view: "prices",
                price: named.model,
                ...(named.provider === undefined ? {} : { provider: named.provider }),
              }}
            >
              Set a price for {named.model}
            </Link>
          </p>
        )}
        {!cost.counted && (
          <p className="faint">
            It is not part of the trace's total: the same call is counted in another span, or below this one.
          </p>
        )}
        {cost.source === null && cost.counted && (
          <p className="faint">
            A span above reports the cost of what is below it; this call has none of its own.
          </p>
        )}
      </section>
      {cost.tokens !== null && <Buckets cost={cost} />}
      {cost.parts !== null && (
        <section>
          <h3>Of the input, by part of the prompt</h3>
          <ShareBars
            rows={PROMPT_PARTS.map((part) => ({
              name: PART_LABELS[part],
              value: (cost.parts as NonNullable<SpanCost["parts"]>)[part].tokens,
              note:
                cost.buckets === null
                  ? ""
                  : formatUsd((cost.parts as NonNullable<SpanCost["parts"]>)[part].costUsd),
            }))}
            formatValue={(tokens) => `${formatCount(Math.round(tokens))} tokens`}
          />
          <p className="faint">
            Counted by a tokeniser and scaled to the tokens that were reported. Tokens read from the cache are
            the first of the prompt, in this order.
          </p>
        </section>
      )}
    </div>
  );
}

function CostSkeleton() {
  return (
    <div className={css["cost"]} aria-busy="true">
      <Skeleton width={90} height={18} />
      <Skeleton width="70%" />
      <Skeleton width="70%" />
      <Skeleton width="70%" />
    </div>
  );
}

/** The call that says which model this is: a server's own span often leaves that to the caller's. */
function namingCall(node: TreeNode): { model: string; provider: string | undefined } | undefined {
  for (
    let at: TreeNode | undefined = node;
    at?.span.kind === node.span.kind || at?.span.kind === "UNKNOWN";
    at = at.parent
  ) {
    const { model, provider } = at.span;
    if (model !== undefined) return { model, provider };
  }
  return undefined;
}

function Buckets({ cost }: { cost: SpanCost }) {
  const { buckets, tokens, price } = cost;
  const rates = price?.usdPerMillionTokens;
  const rows = COST_BUCKETS.map((bucket) => ({
    bucket,
    tokens: bucket === "other" ? 0 : (tokens?.[bucket] ?? 0),
    costUsd: buckets?.[bucket] ?? 0,
    rate: bucket === "other" || !rates ? undefined : rates[bucket],
  })).filter((row) => row.tokens > 0 || row.costUsd > 0);
  return (
    <section>
      <h3>By bucket</h3>
      <table className={css["buckets"]}>
        <thead>
          <tr>
            <th scope="col">Bucket</th>
            <th scope="col">Tokens</th>
            <th scope="col" title="US dollars per million tokens">
              Price
            </th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.bucket}>
              <th scope="row">{BUCKET_LABELS[row.bucket]}</th>
              <td>{row.bucket === "other" ? "" : formatCount(row.tokens)}</td>
              <td>
                {row.rate === undefined ? (
                  <span className="faint">
                    {cost.source === "computed" && row.bucket !== "other" && rates ? "as around it" : ""}
                  </span>
                ) : (
                  rateText(row.rate)
                )}
              </td>
              <td>
                {buckets === null ? (
                  <span className="faint">{cost.source === "unpriced" ? "unpriced" : "–"}</span>
                ) : (
                  formatUsd(row.costUsd)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {price !== null && rates === null && (
        <p className="faint">
          The list has another price for this model by now; this cost is of the one named above.
        </p>
      )}
    </section>
  );
}
