import type { PromptSample } from "@nightowl/model/api/prompts";
import {
  sideBySide,
  type DiffLine,
  type DiffPiece,
  type DiffSection,
} from "@nightowl/model/prompt/diff-prompts";
import css from "./prompt-diff.module.css";

const SIGNS = { same: "", removed: "−", added: "+" } as const;
const SPOKEN = { same: "", removed: "removed: ", added: "added: " } as const;

type Samples = readonly [PromptSample | undefined, PromptSample | undefined];

/** Two prompts as one text with what was removed and added, or beside each other. Variables say what was filled in. */
export function PromptDiff({
  sections,
  sideBySideView,
  markWords,
  names,
  samples,
}: {
  sections: readonly DiffSection[];
  sideBySideView: boolean;
  markWords: boolean;
  names: readonly [string, string];
  samples: Samples;
}) {
  if (sections.length === 0) return <p className={css["none"]}>This version has no text that is known.</p>;
  return (
    <div
      className={css["diff"]}
      data-words={markWords || undefined}
      data-layout={sideBySideView ? "side" : "inline"}
    >
      {sideBySideView && (
        <div className={css["names"]} aria-hidden="true">
          <span>{names[0]}</span>
          <span>{names[1]}</span>
        </div>
      )}
      {sections.map(({ title, lines }, index) => (
        // Sections stand in the order of the prompt, and two may have one title.
        // oxlint-disable-next-line react/no-array-index-key
        <section key={index} aria-label={title}>
          <h2 className={css["title"]}>{title}</h2>
          {sideBySideView ? (
            <Beside lines={lines} samples={samples} />
          ) : (
            <Inline lines={lines} samples={samples} />
          )}
        </section>
      ))}
    </div>
  );
}

function Inline({ lines, samples }: { lines: readonly DiffLine[]; samples: Samples }) {
  return lines.map((line, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <div key={index} className={css["line"]} data-kind={line.kind}>
      <span className={css["number"]}>{line.before}</span>
      <span className={css["number"]}>{line.after}</span>
      <span className={css["sign"]} aria-hidden="true">
        {SIGNS[line.kind]}
      </span>
      <Text line={line} sample={line.kind === "removed" ? samples[0] : (samples[1] ?? samples[0])} />
    </div>
  ));
}

function Beside({ lines, samples }: { lines: readonly DiffLine[]; samples: Samples }) {
  return sideBySide(lines).map(({ left, right }, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <div key={index} className={css["pair"]}>
      <Half line={left} number={left?.before} sample={samples[0]} />
      <Half line={right} number={right?.after} sample={samples[1]} />
    </div>
  ));
}

function Half({
  line,
  number,
  sample,
}: {
  line: DiffLine | undefined;
  number: number | undefined;
  sample: PromptSample | undefined;
}) {
  if (line === undefined) return <div className={css["half"]} data-kind="empty" />;
  return (
    <div className={css["half"]} data-kind={line.kind}>
      <span className={css["number"]}>{number}</span>
      <span className={css["sign"]} aria-hidden="true">
        {SIGNS[line.kind]}
      </span>
      <Text line={line} sample={sample} />
    </div>
  );
}

function Text({ line, sample }: { line: DiffLine; sample: PromptSample | undefined }) {
  return (
    <span className={css["text"]}>
      {line.kind !== "same" && <span className="sr-only">{SPOKEN[line.kind]}</span>}
      {line.pieces.map((piece, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Piece key={index} piece={piece} sample={sample} />
      ))}
      {line.pieces.length === 0 && "\u00a0"}
    </span>
  );
}

function Piece({ piece, sample }: { piece: DiffPiece; sample: PromptSample | undefined }) {
  if (!piece.isVariable) return piece.changed ? <b>{piece.text}</b> : <span>{piece.text}</span>;
  const values = sample?.variables.find(({ name }) => name === piece.text)?.values ?? [];
  const title = values.slice(0, 5).map(({ text }) => (text.length > 120 ? `${text.slice(0, 119)}…` : text));
  return (
    <span
      className={css["variable"]}
      data-changed={piece.changed || undefined}
      title={title.length === 0 ? "A variable" : title.join("\n")}
    >
      {`{${piece.text}}`}
    </span>
  );
}
