import { Link } from "@tanstack/react-router";
import { buttonClass, Button } from "../../components/button.tsx";
import { Kbd, Skeleton } from "../../components/marks.tsx";
import { Panel } from "../../components/panel.tsx";
import type { CallError } from "../../data/client.ts";
import { openFrameWindow } from "../../frame/frame-state.ts";
import css from "./trace-page.module.css";

/** No span of this trace is in this project: says so, and what may be the reason. */
export function UnknownTrace({
  project,
  traceId,
  reason,
}: {
  project: string;
  traceId: string;
  reason: CallError;
}) {
  const malformed = reason.code === "bad_request";
  return (
    <Panel
      title={malformed ? "This is not a trace id" : "No such trace"}
      actions={
        <>
          <Link
            className={buttonClass({ variant: "primary" })}
            to="/projects/$project/traces"
            params={{ project }}
          >
            Traces of {project}
          </Link>
          {!malformed && (
            <Link className={buttonClass()} to="/traces/$traceId" params={{ traceId }}>
              Look in every project
            </Link>
          )}
          <Button variant="ghost" onClick={() => openFrameWindow("palette")}>
            Paste another id <Kbd>mod+K</Kbd>
          </Button>
        </>
      }
    >
      <p>
        <code className={css["unknownId"]}>{traceId}</code>
      </p>
      {malformed ? (
        <p>A trace id is 32 hexadecimal digits.</p>
      ) : (
        <p>
          No span of it has arrived in the project <b>{project}</b>. It may be in another project, older than
          what is kept, not sampled, or not exported yet: exporters send in batches, a few seconds late.
        </p>
      )}
    </Panel>
  );
}

const NAME_WIDTHS = [120, 90, 150, 110, 80, 130, 100, 90, 140, 110, 70, 120];

/** The page's shape while the trace travels. Shown after a moment only, so that a quick answer does not flash. */
export function TraceSkeleton() {
  return (
    <div className={css["skeleton"]} role="status" aria-busy="true" aria-label="Loading the trace">
      <div className={css["skeletonHead"]}>
        <Skeleton width={140} height={14} />
        <Skeleton width={64} />
        <Skeleton width={90} />
        <Skeleton width={64} />
      </div>
      <div className={css["skeletonBody"]}>
        <div className={css["skeletonRows"]}>
          {NAME_WIDTHS.map((width, index) => (
            <div key={width + index * 1000} className={css["skeletonRow"]}>
              <span style={{ paddingLeft: Math.min(index, 3) * 16 }}>
                <Skeleton width={width} />
              </span>
              <span style={{ paddingLeft: `${index * 6}%` }}>
                <Skeleton width={`${60 - index * 3}%`} height={12} />
              </span>
            </div>
          ))}
        </div>
        <SpanSkeleton />
      </div>
    </div>
  );
}

/** The shape of a span's messages. */
export function SpanSkeleton() {
  return (
    <div className={css["skeletonSpan"]} role="status" aria-busy="true" aria-label="Loading the span">
      {[46, 60, 120, 80].map((height) => (
        <div key={height} className={css["skeletonCard"]} style={{ height }}>
          <Skeleton width={70} />
          <Skeleton width="88%" />
        </div>
      ))}
    </div>
  );
}
