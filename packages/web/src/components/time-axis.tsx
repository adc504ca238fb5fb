import { timeTicks } from "../view/format-time.ts";
import css from "./time-axis.module.css";

/** Times below a chart, `count` of them or so, at round ones. */
export function TimeAxis({ fromMs, toMs, count }: { fromMs: number; toMs: number; count: number }) {
  return (
    <div className={css["ticks"]} aria-hidden="true">
      {timeTicks(fromMs, toMs, count).map(({ ms, text }) => {
        const place = (ms - fromMs) / (toMs - fromMs);
        const edge = place < 0.03 ? "start" : place > 0.97 ? "end" : undefined;
        return (
          <span key={ms} data-edge={edge} style={{ left: `${place * 100}%` }}>
            {text}
          </span>
        );
      })}
    </div>
  );
}
