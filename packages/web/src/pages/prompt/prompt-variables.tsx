import type { PromptSample } from "@nightowl/model/api/prompts";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Skeleton } from "../../components/marks.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { formatCompact, formatPlural } from "../../view/format-number.ts";
import css from "./prompt-page.module.css";

const SHOWN_CALLS = 8;

/** What was filled into the variables of the later side, and the calls that were looked at. */
export function PromptVariables({
  project,
  sample,
  waiting,
}: {
  project: string;
  sample: PromptSample | undefined;
  waiting: boolean;
}) {
  if (sample === undefined) return waiting ? <Skeleton width="80%" height={12} /> : null;
  return (
    <>
      <section>
        <h2>Variables</h2>
        {sample.variables.length === 0 && (
          <p className={css["quiet"]}>None: the prompt is the same in every call.</p>
        )}
        <ul>
          {sample.variables.map((variable) => (
            <VariableRow key={variable.name} variable={variable} />
          ))}
        </ul>
      </section>
      <section>
        <h2>Latest calls</h2>
        {sample.calls.length === 0 && <p className={css["quiet"]}>None.</p>}
        <ul>
          {sample.calls.slice(0, SHOWN_CALLS).map(({ traceId, spanId, startTimeNs, values }) => (
            <li key={spanId} className={css["call"]}>
              <Link
                to="/projects/$project/traces/$traceId"
                params={{ project, traceId }}
                search={{ span: spanId }}
                className="link"
              >
                <TimeText ns={startTimeNs} />
              </Link>
              <span className={css["value"]}>{oneLine(Object.values(values).at(-1) ?? "")}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function VariableRow({ variable }: { variable: PromptSample["variables"][number] }) {
  const [open, setOpen] = useState(false);
  const { name, values, distinctCount, medianChars } = variable;
  return (
    <li className={css["variable"]}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        disabled={values.length === 0}
      >
        <code>{`{${name}}`}</code>
        <span className={css["value"]}>{summaryOf(variable)}</span>
      </button>
      {open && (
        <ul>
          <li className="faint">
            {formatPlural(distinctCount, "value")} among the calls looked at, half of them up to{" "}
            {formatCompact(medianChars)} characters
          </li>
          {values.map(({ text, count }) => (
            <li key={text}>
              <span className={css["sampled"]}>{text || "(empty)"}</span>
              {count > 1 && <span className="faint">×{count}</span>}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** A few short values as they are; of many or long ones how many there are. */
function summaryOf({ values, distinctCount, medianChars }: PromptSample["variables"][number]): string {
  if (values.length === 0) return "not seen";
  const list = values.map(({ text }) => oneLine(text)).join(" · ");
  if (distinctCount <= 6 && list.length <= 80) return list;
  return `${distinctCount} distinct, median ${formatCompact(medianChars)} characters`;
}

function oneLine(text: string): string {
  return text.slice(0, 200).replace(/\s+/g, " ").trim();
}
