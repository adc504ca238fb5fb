import type { QueryRow } from "@nightowl/model/api/query";
import { COST_BUCKETS } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import { BUCKET_LABELS, PART_LABELS, snakeName } from "@nightowl/model/query/query-fields";
import { Skeleton } from "../../components/marks.tsx";
import { ShareBars } from "../../components/share-bars.tsx";
import { formatUsd } from "../../view/format-cost.ts";
import { formatCompact } from "../../view/format-number.ts";
import css from "./cost.module.css";

/** What the money was paid for: buckets of the bill, and parts of the prompts. */
export function CostBreakdown({ total }: { total: Pick<QueryRow, "values"> | undefined }) {
  const value = (name: string) => total?.values[name]?.value ?? 0;
  const buckets = COST_BUCKETS.map((bucket) => ({
    name: BUCKET_LABELS[bucket],
    value: value(`cost_${snakeName(bucket)}`),
  }));
  const parts = PROMPT_PARTS.map((part) => ({
    name: PART_LABELS[part],
    value: value(`cost_part_${snakeName(part)}`),
    note: `${formatCompact(value(`tokens_part_${snakeName(part)}`))} tokens`,
  }));
  return (
    <section className={css["section"]} aria-label="What it was paid for">
      <h2>What it was paid for</h2>
      {total === undefined ? (
        <Skeleton width="80%" height={80} />
      ) : (
        <ShareBars rows={buckets} formatValue={formatUsd} />
      )}
      <h2 title="The text of each prompt by what it is, estimated when it arrives and scaled to the tokens that were reported. Tokens read from a cache are the first of the prompt.">
        Of the input, by part of the prompt
      </h2>
      {total === undefined ? (
        <Skeleton width="80%" height={80} />
      ) : (
        <ShareBars
          rows={parts}
          formatValue={formatUsd}
          empty="No prompt with text was traced in this range."
        />
      )}
    </section>
  );
}
