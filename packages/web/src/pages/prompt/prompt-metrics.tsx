import type { comparePrompts } from "@nightowl/model/api/prompts";
import type { z } from "zod";
import { Skeleton } from "../../components/marks.tsx";
import { metricLines } from "../../view/prompt-metrics.ts";
import css from "./prompt-page.module.css";

/** What the two sides measured, and whether they differ by more than chance. */
export function PromptMetrics({
  comparison,
  names,
  same,
}: {
  /** Undefined while it is on its way. */
  comparison: z.output<(typeof comparePrompts)["response"]> | undefined;
  names: readonly [string, string];
  /** One version against itself: there is no change to tell. */
  same: boolean;
}) {
  return (
    <section>
      <h2>{same ? "What it does" : "What it did"}</h2>
      <table className={css["metrics"]}>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">Measurement</span>
            </th>
            <th scope="col">{names[0]}</th>
            {!same && <th scope="col">{names[1]}</th>}
            {!same && <th scope="col">change</th>}
          </tr>
        </thead>
        <tbody>
          {comparison === undefined
            ? [0, 1, 2, 3, 4, 5].map((row) => (
                <tr key={row}>
                  <td colSpan={4}>
                    <Skeleton width="100%" height={12} />
                  </td>
                </tr>
              ))
            : metricLines(comparison.metrics).map((line) => (
                <tr key={line.key}>
                  <th scope="row">{line.label}</th>
                  <td>{line.a}</td>
                  {!same && <td>{line.b}</td>}
                  {!same && (
                    <td data-tone={line.tone} title={line.change === "" ? undefined : line.title}>
                      {line.change}
                      {line.isSignificant !== undefined && line.change !== "" && (
                        <i
                          className={css["verdict"]}
                          data-filled={line.isSignificant || undefined}
                          role="img"
                          aria-label={line.isSignificant ? "more than chance" : "within chance"}
                        />
                      )}
                    </td>
                  )}
                </tr>
              ))}
        </tbody>
      </table>
      {!same && (
        <p className={css["legend"]}>
          <i className={css["verdict"]} data-filled /> more than chance at 95 %{" "}
          <i className={css["verdict"]} /> within chance
        </p>
      )}
    </section>
  );
}
