import { isShortText, LINE_WINDOW, type Observations } from "./observations.ts";
import { shapeOf, type PromptPattern } from "./pattern.ts";
import { isWord, tokenise } from "./tokenise.ts";
import { appendPiece, type Wording } from "./wording.ts";

const MIN_SEEN = 16;
const MAX_WORDINGS = 4;
const MIN_CALLS = 3;
const MIN_LINE_CALLS = 8;
const MIN_LINE_WORDS = 3;

/**
 * Patterns that say more than the wording's own, where one of its variables turned out to be several wordings: its few
 * values are sentences that come again and again, or many of its values end or begin with one line. Empty when it did not.
 */
export function splitWording({ pattern, observations }: Wording): PromptPattern[] {
  let index = -1;
  for (const [at, piece] of pattern.entries()) {
    if (typeof piece === "string") continue;
    index += 1;
    const seen = observations[index];
    if (!seen) continue;
    const values = recurringValues(seen);
    if (values.length > 0) return values.map((value) => replacePiece(pattern, at, [value]));
    const last = recurringLine(seen.lastLines);
    if (last !== undefined) return [replacePiece(pattern, at, [{ ...piece, shape: "block" }, `\n${last}`])];
    const first = recurringLine(seen.firstLines);
    if (first !== undefined) return [replacePiece(pattern, at, [`${first}\n`, { ...piece, shape: "block" }])];
  }
  return [];
}

function recurringValues({ values, seen }: Observations): string[] {
  if (!values || seen < MIN_SEEN || values.size < 2 || values.size > MAX_WORDINGS) return [];
  const all = [...values].filter(([, { count }]) => count >= MIN_CALLS);
  const calls = all.reduce((sum, [, { count }]) => sum + count, 0);
  if (all.length < 2 || calls < seen * 0.8) return [];
  return all.every(([text]) => !isShortText(text) && shapeOf(text) !== "word")
    ? all.map(([text]) => text)
    : [];
}

function recurringLine(lines: ReadonlyMap<string, number>): string | undefined {
  for (const [line, count] of lines) {
    if (count >= MIN_LINE_CALLS && tokenise(line).filter(isWord).length >= MIN_LINE_WORDS) return line;
  }
  return undefined;
}

/** True when it is time to look: a line has come again and again, or as many values were seen as make a window. */
export function maySplit({ observations }: Wording): boolean {
  return observations.some(
    ({ linesSeen, lastLines, firstLines, seen, values }) =>
      (linesSeen % MIN_LINE_CALLS === 0 &&
        lastLines.size + firstLines.size > 0 &&
        lastLines.size + firstLines.size < linesSeen * 2) ||
      (values !== undefined && values.size <= MAX_WORDINGS && seen % LINE_WINDOW === MIN_SEEN),
  );
}

function replacePiece(pattern: PromptPattern, at: number, by: PromptPattern): PromptPattern {
  const replaced: PromptPattern = [];
  for (const [index, piece] of pattern.entries())
    for (const each of index === at ? by : [piece]) appendPiece(replaced, each);
  return replaced;
}
