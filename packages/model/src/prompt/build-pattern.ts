import { nameVariable, uniqueName } from "./name-variable.ts";
import {
  appendPiece,
  patternMessages,
  shapeOf,
  widestShape,
  type PromptPattern,
  type Variable,
} from "./pattern.ts";
import { textBetween, VARIABLE, type Sample } from "./sample.ts";
import { gapIn, textOfSegment, type Range, type Skeleton } from "./skeleton.ts";

/** The pattern that all samples of a skeleton follow: its texts, and a variable in each gap, with a name that was guessed. */
export function buildPattern(skeleton: Skeleton): PromptPattern {
  const { samples, segments } = skeleton;
  const pattern: PromptPattern = [];
  const names = new Set<string>();
  for (let gap = 0; gap <= segments.length; gap++) {
    const ranges = samples.map((_, i) => gapIn(skeleton, gap, i));
    const texts = samples.map((sample, i) =>
      textBetween(sample, (ranges[i] as Range).from, (ranges[i] as Range).to),
    );
    if (texts.some((text) => text !== "")) {
      const { lead, trail } = sharedBlank(texts);
      appendPiece(pattern, lead);
      const known = samples.flatMap((sample, i) => variablesIn(sample, ranges[i] as Range));
      const variable =
        known.find(({ name }) => !names.has(name)) ?? nameGap(skeleton, gap, pattern, texts, names);
      let { shape } = variable;
      for (const other of known) shape = widestShape(shape, other.shape);
      for (const text of texts)
        if (!text.includes(VARIABLE))
          shape = widestShape(shape, shapeOf(text.slice(lead.length, text.length - trail.length)));
        else if (text.includes("\n")) shape = "block";
        else if (text.trim() !== VARIABLE) shape = widestShape(shape, "line");
      names.add(variable.name);
      appendPiece(pattern, { name: variable.name, shape });
      appendPiece(pattern, trail);
    }
    const segment = segments[gap];
    if (segment) appendPiece(pattern, textOfSegment(skeleton, segment));
  }
  return pattern;
}

function nameGap(
  skeleton: Skeleton,
  gap: number,
  before: PromptPattern,
  texts: readonly string[],
  taken: ReadonlySet<string>,
): Variable {
  const text = before.map((piece) => (typeof piece === "string" ? piece : " ")).join("");
  const role = patternMessages([text]).at(-1)?.role ?? "";
  const next = skeleton.segments[gap];
  const isLast = next === undefined || textOfSegment(skeleton, next).startsWith("\u0001");
  const name = nameVariable({
    before: text.slice(text.lastIndexOf("\u0002") + 1),
    role,
    whole: isLast && text.endsWith("\u0002"),
    samples: texts,
  });
  return { name: uniqueName(name, taken), shape: "word" };
}

/** The variables of a pattern that stand in a part of it. */
function variablesIn(sample: Sample, { from, to }: Range): readonly Variable[] {
  if (!sample.variables) return [];
  const count = (text: string): number => text.split(VARIABLE).length - 1;
  const before = count(textBetween(sample, 0, from));
  return sample.variables.slice(before, before + count(textBetween(sample, from, to)));
}

/** Blank space that all values begin or end with is no part of them. */
function sharedBlank(texts: readonly string[]): { lead: string; trail: string } {
  const [first = ""] = texts;
  if (texts.some((text) => text.trim() === "")) return { lead: "", trail: "" };
  const lead = /^\s*/.exec(first)?.[0] ?? "";
  const trail = /\s*$/.exec(first)?.[0] ?? "";
  return {
    lead: texts.every((text) => text.startsWith(lead)) ? lead : "",
    trail: texts.every((text) => text.endsWith(trail)) ? trail : "",
  };
}
