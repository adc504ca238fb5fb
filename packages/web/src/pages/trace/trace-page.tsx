import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { ErrorPanel } from "../../components/panel.tsx";
import { CallError } from "../../data/client.ts";
import { traceQuery } from "../../data/use-trace.ts";
import { Crumb, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { formatShortId } from "./short-id.ts";
import { createTraceModel } from "./trace-model.ts";
import { TraceSkeleton, UnknownTrace } from "./trace-states.tsx";
import { TraceView } from "./trace-view.tsx";
import css from "./trace-page.module.css";

/** While spans still arrive, the trace is read again this often; a big one less so. */
const REFRESH_MS = 2000;
const BIG_REFRESH_MS = 10_000;
const BIG_TRACE = 5000;

/** `/projects/{project}/traces/{traceId}?span=…&tab=…`: one trace, its waterfall and the selected span. */
export function TracePage() {
  const { project, traceId } = useParams({ from: "/projects/$project/traces/$traceId" });
  const { data, error, refetch } = useQuery({
    ...traceQuery(project, traceId),
    refetchInterval: ({ state }) => {
      const trace = state.data?.trace;
      if (!trace || !(trace.running || trace.rootSpanId === null)) return false;
      return trace.spanCount > BIG_TRACE ? BIG_REFRESH_MS : REFRESH_MS;
    },
  });
  const model = useMemo(
    () => (data === undefined ? undefined : createTraceModel(project, traceId, data)),
    [data, project, traceId],
  );
  usePageTitle(data?.trace.name, project);
  return (
    <>
      <Crumb>
        <b className={`mono ${css["crumb"]}`} title={traceId}>
          {formatShortId(traceId)}
        </b>
      </Crumb>
      {model !== undefined ? (
        <TraceView key={`${project}/${traceId}`} model={model} />
      ) : error instanceof CallError && (error.code === "not_found" || error.code === "bad_request") ? (
        <UnknownTrace project={project} traceId={traceId} reason={error} />
      ) : error !== null ? (
        <ErrorPanel title="The trace could not be read" error={error} onRetry={() => void refetch()} />
      ) : (
        <TraceSkeleton />
      )}
    </>
  );
}
