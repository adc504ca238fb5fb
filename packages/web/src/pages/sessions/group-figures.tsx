import { formatCostTotal } from "../../view/format-cost.ts";
import { formatCount } from "../../view/format-number.ts";

/** Failed traces: red only where there are some. */
export function Errors({ count }: { count: number }) {
  return count === 0 ? (
    <span className="faint">0</span>
  ) : (
    <span className="error-text">{formatCount(count)}</span>
  );
}

/** A sum of costs: never $0 for what has no known price. */
export function GroupCost({ costUsd, unpricedCount }: { costUsd: number | null; unpricedCount: number }) {
  const { text, partial } = formatCostTotal(costUsd, unpricedCount);
  if (text === "" || text === "unpriced") return <span className="faint">{text || "–"}</span>;
  return partial ? `${text}+` : text;
}
