import { Link } from "@tanstack/react-router";
import { Chip, Skeleton } from "../../../components/marks.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { useSpanPrompt } from "../../../data/use-prompts.ts";
import { formatPlural } from "../../../view/format-number.ts";
import { versionName } from "../../../view/prompt-version.ts";
import type { TraceModel } from "../trace-model.ts";
import { RichText } from "../../../components/values/rich-text.tsx";
import own from "./prompt-tab.module.css";
import css from "./block.module.css";

/** The template that the call's prompt follows, which version of it, and what was filled in. */
export function PromptTab({ model, spanId }: { model: TraceModel; spanId: string }) {
  const { project, traceId } = model;
  const { data: prompt, error, isPending, refetch } = useSpanPrompt(project, traceId, spanId);
  if (isPending) return <Skeleton width="60%" height={14} />;
  if (error !== null)
    return (
      <ErrorPanel title="The prompt could not be read" error={error} onRetry={() => void refetch()} small />
    );
  if (prompt == null) {
    return (
      <p className={own["none"]}>
        This call's prompt follows no template that is known. One is found from five calls on whose prompts
        differ only in what was filled in; an application can also name it with{" "}
        <code>llm.prompt_template.template</code>.
      </p>
    );
  }
  const { templateId, versionId, previousVersionId } = prompt;
  const to = { to: "/projects/$project/prompts/$templateId", params: { project, templateId } } as const;
  return (
    <>
      <section className={css["block"]}>
        <header>
          <h3>
            <Link {...to} search={{ b: versionId }} className="link">
              {prompt.title}
            </Link>
          </h3>
          <Chip title={`Of ${formatPlural(prompt.versionCount, "version")}`}>{versionName(prompt)}</Chip>
          <Chip>{prompt.source}</Chip>
          <Link
            to="/projects/$project/traces"
            params={{ project }}
            search={{ range: "all", filter: `prompt_version:${versionId}` }}
            className={`link ${own["traces"]}`}
          >
            Traces of this version
          </Link>
        </header>
        <p className={own["links"]}>
          Compare with{" "}
          {previousVersionId === null ? (
            <span className="faint">a previous version: this is the first</span>
          ) : (
            <Link {...to} search={{ a: previousVersionId, b: versionId }} className="link">
              the previous version
            </Link>
          )}
          {" · "}
          <Link {...to} search={{ a: "last-week", b: "this-week" }} className="link">
            last week against this week
          </Link>
        </p>
      </section>
      {prompt.values.length > 0 && (
        <section className={css["block"]}>
          <header>
            <h3>Variables</h3>
          </header>
          <dl className={own["values"]}>
            {prompt.values.map(({ name, text }) => (
              <div key={name}>
                <dt>
                  <code className={own["variable"]} title={name}>{`{${name}}`}</code>
                </dt>
                <dd>
                  {text === "" ? <span className="faint">empty</span> : <RichText text={text} mode="raw" />}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {prompt.values.length === 0 && (
        <p className={own["none"]}>Nothing is filled in: the prompt is the same in every call.</p>
      )}
    </>
  );
}
