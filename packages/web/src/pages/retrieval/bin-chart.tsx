import { formatCount } from "../../view/format-number.ts";
import { binsText, type Bin } from "../../view/retrieval-bins.ts";
import css from "./retrieval.module.css";

/** A distribution as bars; each says its figures when it is pointed at, all of them to those who do not see it. */
export function BinChart({
  bins,
  label,
  unit,
  every = 1,
}: {
  bins: readonly Bin[];
  label: string;
  /** What is counted: `searches`. */
  unit: string;
  /** Every how many-th bar has its name below. */
  every?: number;
}) {
  const top = Math.max(1, ...bins.map(({ count, behind = 0 }) => Math.max(count, behind)));
  return (
    <div className={css["bins"]} role="img" aria-label={`${label}: ${binsText(bins)}`}>
      {bins.map((bin, index) => (
        <div key={bin.label} className={css["bin"]} title={binTitle(bin, unit)} data-tone={bin.tone}>
          <span className={css["column"]}>
            {bin.behind !== undefined && <i data-behind style={{ height: `${(bin.behind / top) * 100}%` }} />}
            <i style={{ height: `${(bin.count / top) * 100}%` }} data-none={bin.count === 0 || undefined} />
          </span>
          <span className={css["binLabel"]}>{index % every === 0 ? bin.mark : ""}</span>
        </div>
      ))}
    </div>
  );
}

function binTitle({ label, count, behind }: Bin, unit: string): string {
  const told = `${label}: ${formatCount(count)} ${unit}`;
  return behind === undefined ? told : `${told}, ${formatCount(behind)} of all ranks`;
}
