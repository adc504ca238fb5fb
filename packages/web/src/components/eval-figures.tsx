import { formatScore } from "../view/annotations.ts";
import css from "./eval-figures.module.css";

/** Evaluations in a line of a table: name and mean, the most frequent ones. */
export function EvalFigures({
  evals,
}: {
  evals: readonly { name: string; count: number; meanScore: number | null }[];
}) {
  if (evals.length === 0) return <span className="faint">–</span>;
  const title = evals
    .map(
      ({ name, count, meanScore }) =>
        `${name}: ${meanScore === null ? "" : `${formatScore(meanScore)}, `}${count} in all`,
    )
    .join("\n");
  return (
    <span className={css["figures"]} title={title}>
      {evals.slice(0, 3).map(({ name, count, meanScore }) => (
        <span key={name}>
          <span className="faint">{name}</span>{" "}
          <b>{meanScore === null ? `×${count}` : formatScore(meanScore)}</b>
        </span>
      ))}
    </span>
  );
}
