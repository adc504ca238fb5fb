import { ChevronDown, ChevronUp, CircleAlert, Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../components/button.tsx";
import { CopyButton, copyText } from "../../components/copy-button.tsx";
import { Popover } from "../../components/floating.tsx";
import { Chip, Kbd, KindDot } from "../../components/marks.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useTraceAnnotations } from "../../data/use-annotations.ts";
import { annotationTotals, formatScore } from "../../view/annotations.ts";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCount, formatPlural } from "../../view/format-number.ts";

import type { TraceModel } from "./trace-model.ts";
import type { NeighbourTraces } from "./use-neighbour-traces.ts";
import costCss from "./trace-cost.module.css";
import { TraceCost } from "./trace-cost.tsx";
import { FilterLink } from "../../components/filter-link.tsx";
import css from "./trace-header.module.css";

const MAX_EVALS = 3;
const MAX_TAGS = 3;

/** What the whole trace was: how it ended, how long it took, what it used, whose it was. */
export function TraceHeader({
  model,
  neighbours,
  onFirstError,
}: {
  model: TraceModel;
  neighbours: NeighbourTraces;
  onFirstError: () => void;
}) {
  const { summary, project, traceId } = model;
  return (
    <header className={css["head"]}>
      <div className={css["title"]}>
        <KindDot kind={summary.kind} failed={summary.status === "ERROR"} />
        <h1 title={summary.name}>{summary.name || "(no name)"}</h1>
        <StatusChip model={model} onFirstError={onFirstError} />
      </div>
      <dl className={css["facts"]}>
        <Fact label="Duration">
          {formatDuration(summary.durationMs)}
          {summary.running && <span className="faint"> so far</span>}
        </Fact>
        <Tokens model={model} />
        <CostFact model={model} />
        <Fact label="Started">
          <TimeText ns={summary.startTimeNs} />
        </Fact>
        <Fact label="Spans">{formatCount(summary.spanCount)}</Fact>
        {summary.userId !== "" && (
          <Fact label="User">
            <FilterLink className={css["filter"]} project={project} field="user" value={summary.userId} />
          </Fact>
        )}
        {summary.sessionId !== "" && (
          <Fact label="Session">
            <FilterLink
              className={css["filter"]}
              project={project}
              field="session"
              value={summary.sessionId}
            />
          </Fact>
        )}
        <Evals project={project} traceId={traceId} />
        <Tags project={project} tags={summary.tags} />
      </dl>
      <div className={css["actions"]}>
        <CopyButton text={traceId} label="Copy the trace id" what="Trace id copied">
          Trace id
        </CopyButton>
        <Button
          onClick={() => void copyText(location.href, "Link copied")}
          aria-label="Copy link to this view"
        >
          <Link2 size={14} aria-hidden="true" />
          Copy link
        </Button>
        <span className={css["steps"]}>
          <IconButton
            label={neighbours.newer === null ? "No newer trace in this list" : "Newer trace ["}
            disabled={neighbours.newer === null}
            onClick={neighbours.goNewer}
          >
            <ChevronUp size={14} aria-hidden="true" />
            <Kbd>[</Kbd>
          </IconButton>
          <IconButton
            label={neighbours.older === null ? "No older trace in this list" : "Older trace ]"}
            disabled={neighbours.older === null}
            onClick={neighbours.goOlder}
          >
            <ChevronDown size={14} aria-hidden="true" />
            <Kbd>]</Kbd>
          </IconButton>
        </span>
      </div>
    </header>
  );
}

function StatusChip({ model, onFirstError }: { model: TraceModel; onFirstError: () => void }) {
  const { summary } = model;
  return (
    <>
      {summary.errorCount > 0 && (
        <button
          type="button"
          className={css["errorChip"]}
          onClick={onFirstError}
          title={summary.errorPreview || "Go to where it failed first"}
        >
          <CircleAlert size={12} aria-hidden="true" />
          {formatPlural(summary.errorCount, "error")}
        </button>
      )}
      {summary.running ? (
        <Chip tone="warn" title="Some span has not ended; the page reads the trace again while it runs">
          still running
        </Chip>
      ) : (
        summary.errorCount === 0 && summary.status === "OK" && <Chip>OK</Chip>
      )}
      {summary.rootSpanId === null && (
        <Chip tone="warn" title="No span without a parent has arrived yet">
          no root yet
        </Chip>
      )}
    </>
  );
}

function Tokens({ model }: { model: TraceModel }) {
  const { inputTokens, outputTokens, llmCount } = model.summary;
  if (inputTokens === null && outputTokens === null) return null;
  return (
    <Fact
      label="Tokens"
      title={
        llmCount === 0
          ? "Of embeddings and rerankers, or told by an agent in place of its model calls"
          : `Into and out of ${formatPlural(llmCount, "model call")}; wrappers are not counted twice`
      }
    >
      {inputTokens === null ? "–" : formatCount(inputTokens)} <span className="faint">→</span>{" "}
      {outputTokens === null ? "–" : formatCount(outputTokens)}
    </Fact>
  );
}

function CostFact({ model }: { model: TraceModel }) {
  const { costUsd, unpricedCount } = model.summary;
  const { text, partial } = formatCostTotal(costUsd, unpricedCount);
  if (text === "") return null;
  const title =
    unpricedCount === 0
      ? "By model, bucket, part of the prompts and tool"
      : `${formatPlural(unpricedCount, "model call")} without a known price`;
  return (
    <Fact label="Cost" title={title}>
      <Popover
        label="What the trace cost"
        trigger={
          <button type="button" className={costCss["open"]}>
            {text}
            {partial && <span className="faint"> + unpriced</span>}
          </button>
        }
      >
        <TraceCost project={model.project} traceId={model.traceId} />
      </Popover>
    </Fact>
  );
}

/** What was said of the trace and all that is in it: a mean or a label for each name. */
function Evals({ project, traceId }: { project: string; traceId: string }) {
  const totals = annotationTotals(useTraceAnnotations(project, traceId).data ?? []);
  return totals.slice(0, MAX_EVALS).map(({ name, count, meanScore, label }) => (
    <Fact key={name} label={name} title={`${name}: ${formatPlural(count, "evaluation")}`}>
      {meanScore === undefined ? label : formatScore(meanScore)}
      {count > 1 && <span className="faint"> ×{count}</span>}
    </Fact>
  ));
}

/** The first tags, each legible; how many more there are opens all of them. */
function Tags({ project, tags }: { project: string; tags: readonly string[] }) {
  if (tags.length === 0) return null;
  const links = (shown: readonly string[]) =>
    shown.map((tag) => <FilterLink key={tag} project={project} field="tag" value={tag} />);
  return (
    <Fact label="Tags">
      <span className={css["tags"]}>
        {links(tags.slice(0, MAX_TAGS))}
        {tags.length > MAX_TAGS && (
          <Popover
            label="Tags of the trace"
            trigger={
              <button type="button" className={css["more"]} aria-label={`All ${tags.length} tags`}>
                +{tags.length - MAX_TAGS}
              </button>
            }
          >
            <span className={css["allTags"]}>{links(tags)}</span>
          </Popover>
        )}
      </span>
    </Fact>
  );
}

function Fact({ label, title, children }: { label: string; title?: string; children: ReactNode }) {
  return (
    <div className={css["fact"]} title={title}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
