import type { RepriceStatus } from "@nightowl/model/api/costs";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { useReprice, useStartReprice, useStopReprice } from "../../../data/use-costs.ts";
import { formatUsd } from "../../../view/format-cost.ts";
import { formatCount, formatPlural } from "../../../view/format-number.ts";
import css from "../cost.module.css";

/** Prices the past again, and says what that changed. */
export function RepricePanel({ project }: { project: string }) {
  const reprice = useReprice();
  const start = useStartReprice();
  const stop = useStopReprice();
  const client = useQueryClient();
  const status = reprice.data;
  const isRunning = status?.state === "running";
  const wasRunning = useRef(false);
  // What other parts of the page know is of before.
  useEffect(() => {
    if (wasRunning.current && !isRunning)
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "reprice" });
    wasRunning.current = isRunning;
  }, [isRunning, client]);
  const problem = start.error ?? stop.error;
  return (
    <section className={css["section"]} aria-label="Reprice">
      <h2>
        Reprice
        {isRunning ? (
          <Button size="small" onClick={() => stop.mutate()} disabled={stop.isPending}>
            Stop
          </Button>
        ) : (
          <Button
            size="small"
            onClick={() => start.mutate(project)}
            disabled={start.isPending || status === undefined}
          >
            Reprice this project
          </Button>
        )}
      </h2>
      {reprice.isError && status === undefined ? (
        <ErrorPanel
          small
          title="Repricing cannot be asked"
          error={reprice.error}
          onRetry={() => void reprice.refetch()}
        />
      ) : (
        <p className="faint">
          A price holds for calls that come after it was set. Repricing gives all calls that are stored the
          prices of now; what applications reported stays.
        </p>
      )}
      {problem !== null && (
        <p role="alert" className="error-text">
          {problem.message}
        </p>
      )}
      {status !== undefined && status.state !== "idle" && <Status status={status} />}
    </section>
  );
}

function Status({ status }: { status: RepriceStatus }) {
  const { state, tracesDone, tracesTotal, tracesChanged, before, after, models, problem } = status;
  return (
    <div className={css["reprice"]} role="status">
      <progress value={tracesDone} max={Math.max(1, tracesTotal)} aria-label="Traces repriced" />
      <p>
        {state === "running" && `${formatCount(tracesDone)} of ${formatPlural(tracesTotal, "trace")}.`}
        {state === "done" &&
          `Done: ${formatPlural(tracesDone, "trace")}, ${formatCount(tracesChanged)} of them changed.`}
        {state === "stopped" &&
          `Stopped after ${formatCount(tracesDone)} of ${formatPlural(tracesTotal, "trace")}.`}
        {state === "failed" && <span className="error-text">It failed: {problem}</span>}{" "}
        {tracesChanged > 0 &&
          `Cost ${formatUsd(before.costUsd)} → ${formatUsd(after.costUsd)}, unpriced calls ${formatCount(before.unpricedCount)} → ${formatCount(after.unpricedCount)}.`}
      </p>
      {models.length > 0 && (
        <ul>
          {models.slice(0, 8).map((model) => (
            <li key={`${model.provider} ${model.model}`}>
              <span className="mono">{model.model || "no model"}</span>{" "}
              <span className="faint">
                {formatUsd(model.beforeUsd)} → {formatUsd(model.afterUsd)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
