import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { buttonClass } from "../../components/button.tsx";
import { ErrorPanel, Panel } from "../../components/panel.tsx";
import { locateQuery } from "../../data/use-trace.ts";
import { usePageTitle } from "../../frame/top-bar-slots.tsx";
import { parsePastedId } from "../../view/trace-id.ts";

const route = getRouteApi("/traces/$traceId");

/** `/traces/{traceId}`: finds the project by itself. Says plainly when no project has the trace. */
export function LocatePage() {
  const { traceId: text } = route.useParams();
  const search = route.useSearch();
  const pasted = parsePastedId(text);
  const traceId = pasted?.type === "trace" ? pasted.traceId : undefined;
  const located = useQuery({ ...locateQuery(traceId ?? ""), enabled: traceId !== undefined });
  usePageTitle("Trace", text);

  if (traceId === undefined) {
    return (
      <Panel
        level={1}
        title="This is not a trace id"
        icon={<SearchX size={16} aria-hidden="true" />}
        actions={<ToTraces />}
      >
        <p>
          A trace id is 32 hexadecimal digits; <span className="mono">{text}</span> has {text.length}{" "}
          characters.
        </p>
      </Panel>
    );
  }
  if (located.isPending) return <Panel level={1} title={`Looking for ${traceId} …`} />;
  if (located.isError) {
    return (
      <ErrorPanel
        title="Could not look for the trace"
        error={located.error}
        onRetry={() => void located.refetch()}
      />
    );
  }
  const [first, ...others] = located.data;
  if (first === undefined) {
    return (
      <Panel
        level={1}
        title="No trace with this id is here"
        icon={<SearchX size={16} aria-hidden="true" />}
        actions={<ToTraces />}
      >
        <p className="mono">{traceId}</p>
        <p>It may not have arrived yet, may have passed the retention time, or was sent to another server.</p>
      </Panel>
    );
  }
  if (others.length === 0) {
    return (
      <Navigate
        to="/projects/$project/traces/$traceId"
        params={{ project: first, traceId }}
        search={search}
        replace
      />
    );
  }
  return (
    <Panel level={1} title={`${located.data.length} projects have spans of this trace`}>
      <ul>
        {located.data.map((project) => (
          <li key={project}>
            <Link
              to="/projects/$project/traces/$traceId"
              params={{ project, traceId }}
              search={search}
              className={buttonClass()}
            >
              {project}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ToTraces() {
  return (
    <Link to="/" className={buttonClass()}>
      To the traces
    </Link>
  );
}
