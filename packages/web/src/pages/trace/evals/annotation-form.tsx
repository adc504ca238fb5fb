import type { AnnotationTarget } from "@nightowl/model/annotation/annotation";
import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { Button } from "../../../components/button.tsx";
import { Kbd } from "../../../components/marks.tsx";
import { showToast } from "../../../components/toast.tsx";
import { useAnnotationNames, useWriteAnnotation } from "../../../data/use-annotations.ts";
import { parseScore } from "../../../view/annotations.ts";
import type { TraceModel } from "../trace-model.ts";
import css from "./evals.module.css";

/** Asks the form to take the keyboard, once it is there. */
export const ANNOTATE_EVENT = "nightowl:annotate";

/** A name, a score or a label, and why. Enter saves; the keyboard never has to be left. */
export function AnnotationForm({
  model,
  spanId,
  isRoot,
}: {
  model: TraceModel;
  spanId: string;
  isRoot: boolean;
}) {
  const { project, traceId, summary } = model;
  const names = useAnnotationNames(project).data ?? [];
  const write = useWriteAnnotation(project);
  const id = useId();
  const nameRef = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [score, setScore] = useState("");
  const [label, setLabel] = useState("");
  const [explanation, setExplanation] = useState("");
  const [about, setAbout] = useState<AnnotationTarget["kind"]>("span");
  const [complaint, setComplaint] = useState("");
  useEffect(() => {
    const focus = () => nameRef.current?.focus();
    window.addEventListener(ANNOTATE_EVENT, focus);
    return () => window.removeEventListener(ANNOTATE_EVENT, focus);
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = parseScore(score);
    const problem = problemOf({ name, label, explanation, score: value });
    setComplaint(problem);
    if (problem !== "") return;
    write.mutate(
      {
        target: targetOf(about, { spanId, traceId, sessionId: summary.sessionId }),
        name: name.trim(),
        label: label.trim() || null,
        score: value ?? null,
        explanation: explanation.trim() || null,
      },
      {
        onSuccess: () => {
          showToast("Saved");
          setScore("");
          setLabel("");
          setExplanation("");
          nameRef.current?.focus();
        },
        onError: (error) => setComplaint(`Not saved: ${error.message}`),
      },
    );
  };
  const known = names.find((entry) => entry.name === name);
  return (
    <form className={css["form"]} onSubmit={submit} aria-label="Judge this span">
      <label className={css["name"]}>
        Name
        <input
          ref={nameRef}
          value={name}
          list={`${id}-names`}
          placeholder="helpfulness"
          onChange={(event) => setName(event.target.value)}
        />
        <datalist id={`${id}-names`}>
          {names.map((entry) => (
            <option key={entry.name} value={entry.name} />
          ))}
        </datalist>
      </label>
      <label className={css["number"]}>
        Score
        <input
          value={score}
          inputMode="decimal"
          placeholder="0 – 1"
          onChange={(event) => setScore(event.target.value)}
        />
      </label>
      <label className={css["short"]}>
        Label
        <input
          value={label}
          list={`${id}-labels`}
          placeholder="correct"
          onChange={(event) => setLabel(event.target.value)}
        />
        <datalist id={`${id}-labels`}>
          {known?.labels.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      {isRoot && (
        <label className={css["short"]}>
          About
          <select
            value={about}
            onChange={(event) => setAbout(event.target.value as AnnotationTarget["kind"])}
          >
            <option value="span">this span</option>
            <option value="trace">the whole trace</option>
            {summary.sessionId !== "" && <option value="session">the whole session</option>}
          </select>
        </label>
      )}
      <label className={css["long"]}>
        Why
        <input
          value={explanation}
          placeholder="What is right or wrong with it"
          onChange={(event) => setExplanation(event.target.value)}
        />
      </label>
      <div className={css["send"]}>
        {complaint === "" ? (
          <span className="faint">
            <Kbd>a</Kbd> begins, <Kbd>Enter</Kbd> saves
          </span>
        ) : (
          <span className="error-text" role="alert">
            {complaint}
          </span>
        )}
        <Button type="submit" variant="primary" size="small" disabled={write.isPending}>
          {write.isPending ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function problemOf(said: {
  name: string;
  label: string;
  explanation: string;
  score: number | null | undefined;
}): string {
  if (said.name.trim() === "") return "Name what is judged, such as helpfulness.";
  if (said.score === undefined) return "The score is not a number.";
  const isSilent = said.score === null && said.label.trim() === "" && said.explanation.trim() === "";
  return isSilent ? "Give a score, a label, or say why." : "";
}

function targetOf(
  about: AnnotationTarget["kind"],
  ids: { spanId: string; traceId: string; sessionId: string },
): AnnotationTarget {
  if (about === "trace") return { kind: "trace", traceId: ids.traceId };
  if (about === "session") return { kind: "session", sessionId: ids.sessionId };
  return { kind: "span", spanId: ids.spanId };
}
