import type { Document } from "@nightowl/model/span/span";
import { useMemo } from "react";
import { rankSlopes, type RankSlope } from "../../../view/rank-slopes.ts";
import css from "./rank-chart.module.css";

const ROW = 15;
const WIDTH = 120;
/** More lines than this are a tangle. */
const MAX_DRAWN = 25;

/** A reranker's work at a glance: each document's rank before at the left, after at the right, and what was dropped. */
export function RankChart({ input, output }: { input: readonly Document[]; output: readonly Document[] }) {
  const slopes = useMemo(() => rankSlopes(input, output), [input, output]);
  if (input.length > MAX_DRAWN || output.length > MAX_DRAWN) return null;
  const rows = Math.max(input.length, output.length);
  return (
    <div className={css["slopes"]} role="img" aria-label={slopes.map(told).join("; ")}>
      <ol aria-hidden="true">
        {input.map(({ rank }) => (
          <li key={rank}>{rank}</li>
        ))}
      </ol>
      <svg width={WIDTH} height={rows * ROW} viewBox={`0 0 ${WIDTH} ${rows * ROW}`} aria-hidden="true">
        {slopes.map((slope) => (
          <Slope key={`${slope.before} ${slope.after}`} slope={slope} />
        ))}
      </svg>
      <ol aria-hidden="true">
        {slopes
          .filter(({ after }) => after !== undefined)
          .map(({ after, name, way }) => (
            <li key={after} data-way={way} title={name}>
              {after} <span>{name}</span>
            </li>
          ))}
      </ol>
    </div>
  );
}

function Slope({ slope: { before, after, way } }: { slope: RankSlope }) {
  const from = before === undefined ? undefined : yOf(before);
  const to = after === undefined ? undefined : yOf(after);
  return (
    <g data-way={way}>
      {from !== undefined && <circle cx={4} cy={from} r={2} />}
      {from !== undefined && to !== undefined && (
        <path d={`M4 ${from} C ${WIDTH / 2} ${from}, ${WIDTH / 2} ${to}, ${WIDTH - 4} ${to}`} />
      )}
      {to !== undefined && <circle cx={WIDTH - 4} cy={to} r={2} />}
    </g>
  );
}

const yOf = (rank: number) => (rank - 0.5) * ROW;

function told({ name, before, after, way }: RankSlope): string {
  if (way === "dropped") return `${name} dropped from ${before}`;
  return way === "new" ? `${name} new at ${after}` : `${name} from ${before} to ${after}`;
}
