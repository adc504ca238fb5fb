import type { Annotation } from "@nightowl/model/annotation/annotation";
import type { SpanDetail } from "@nightowl/model/api/spans";
import { Bot, Code, Trash2, User } from "lucide-react";
import { useMemo } from "react";
import { IconButton } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { Skeleton } from "../../../components/marks.tsx";
import { TimeText } from "../../../components/time-text.tsx";
import { showToast } from "../../../components/toast.tsx";
import { useDeleteAnnotation, useTraceAnnotations } from "../../../data/use-annotations.ts";
import { annotationsOf, formatScore } from "../../../view/annotations.ts";
import type { TraceModel } from "../trace-model.ts";
import { AnnotationForm } from "./annotation-form.tsx";
import css from "./evals.module.css";

/** What people, models and code said of a span, and a form to say something more. */
export function EvalsTab({ model, span }: { model: TraceModel; span: SpanDetail }) {
  const { project, traceId } = model;
  const { data, error, refetch } = useTraceAnnotations(project, traceId);
  const isRoot = model.root?.span.spanId === span.spanId;
  const shown = useMemo(
    () => annotationsOf(data ?? [], { spanId: span.spanId, isRoot }),
    [data, span.spanId, isRoot],
  );
  return (
    <>
      {error !== null && data === undefined ? (
        <ErrorPanel
          title="The evaluations could not be read"
          error={error}
          onRetry={() => void refetch()}
          small
        />
      ) : data === undefined ? (
        <Skeleton width="60%" />
      ) : shown.length === 0 ? (
        <p className={css["none"]}>Nobody has judged this span yet. Say what you think of it:</p>
      ) : (
        <ul className={css["list"]}>
          {shown.map((annotation) => (
            <AnnotationLine key={annotation.id} project={project} annotation={annotation} />
          ))}
        </ul>
      )}
      <AnnotationForm key={span.spanId} model={model} spanId={span.spanId} isRoot={isRoot} />
    </>
  );
}

function AnnotationLine({ project, annotation }: { project: string; annotation: Annotation }) {
  const remove = useDeleteAnnotation(project);
  const { name, result, target, annotatorKind, metadata } = annotation;
  const { label, score, explanation } = result;
  const about = aboutText(target);
  const details = Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : undefined;
  return (
    <li className={css["line"]}>
      <Annotator kind={annotatorKind} />
      <div className={css["said"]}>
        <p className={css["what"]}>
          <b>{name}</b>
          {score !== null && (
            <span className={css["score"]}>
              <span className="num">{formatScore(score)}</span>
              {score >= 0 && score <= 1 && (
                <i className={css["bar"]}>
                  <i style={{ width: `${score * 100}%` }} />
                </i>
              )}
            </span>
          )}
          {label !== null && <span className={css["label"]}>{label}</span>}
          {about !== "" && <span className="faint">{about}</span>}
        </p>
        {explanation !== null && <p className={css["why"]}>{explanation}</p>}
        {details !== undefined && (
          <p className={css["details"]} title={details}>
            {details}
          </p>
        )}
      </div>
      <span className={css["when"]}>
        <TimeText ns={annotation.updatedAtNs} />
      </span>
      <IconButton
        label={`Delete ${name}`}
        size="small"
        disabled={remove.isPending}
        onClick={() =>
          remove.mutate(annotation.id, {
            onSuccess: () => showToast("Deleted"),
            onError: (error) => showToast(`Not deleted: ${error.message}`),
          })
        }
      >
        <Trash2 size={13} aria-hidden="true" />
      </IconButton>
    </li>
  );
}

function Annotator({ kind }: { kind: string }) {
  const Icon = kind === "HUMAN" ? User : kind === "LLM" ? Bot : Code;
  const who = kind === "HUMAN" ? "By a person" : kind === "LLM" ? "By a model" : `By ${kind.toLowerCase()}`;
  return (
    <span className={css["who"]} title={who} role="img" aria-label={who}>
      <Icon size={13} aria-hidden="true" />
    </span>
  );
}

function aboutText(target: Annotation["target"]): string {
  if (target.kind === "document") return `document ${target.position + 1}`;
  return target.kind === "span" ? "" : `the whole ${target.kind}`;
}
