/** So many words in a row that an answer shares with a document are no accident. */
const RUN_WORDS = 4;
const WORD = /[\p{L}\p{N}]+/gu;
/** An answer, and a document, is looked through up to here. */
const MAX_CHARACTERS = 100_000;

/** What an answer says, to be found in documents: its words, numbered, and every four of them in a row. */
export interface AnswerRuns {
  words: ReadonlyMap<string, number>;
  runs: ReadonlySet<string>;
}

/** Every run of four words of an answer; none for an answer that has fewer. */
export function answerRuns(answer: string): AnswerRuns {
  const words = new Map<string, number>();
  const runs = new Set<string>();
  const numbers: number[] = [];
  for (const [word] of answer.slice(0, MAX_CHARACTERS).toLowerCase().matchAll(WORD)) {
    let number = words.get(word);
    if (number === undefined) words.set(word, (number = words.size));
    numbers.push(number);
    if (numbers.length >= RUN_WORDS) runs.add(numbers.slice(-RUN_WORDS).join(" "));
  }
  return { words, runs };
}

/** Whether the answer has four words in a row from a document. `undefined` where that cannot be said: too short an answer. */
export function isUsed(text: string, answer: AnswerRuns): boolean | undefined {
  if (answer.runs.size === 0) return undefined;
  for (const _ of sharedRuns(text, answer)) return true;
  return false;
}

/** A part of a document's text that the answer has too. */
export interface UsedRange {
  start: number;
  end: number;
  words: number;
}

/** Where the answer says the same as a document: characters from `start` to before `end`, in order, apart from each other. */
export function usedRanges(text: string, answer: AnswerRuns): UsedRange[] {
  const ranges: (UsedRange & { last: number })[] = [];
  for (const { first, last, start, end } of sharedRuns(text, answer)) {
    const before = ranges.at(-1);
    if (before !== undefined && first <= before.last + 1) {
      before.words += last - before.last;
      before.last = last;
      before.end = end;
    } else ranges.push({ start, end, words: RUN_WORDS, last });
  }
  return ranges.map(({ start, end, words }) => ({ start, end, words }));
}

/** How many words of a document the answer took over, in runs of four or more. */
export function usedWords(text: string, answer: AnswerRuns): number {
  return usedRanges(text, answer).reduce((sum, { words }) => sum + words, 0);
}

interface SharedRun {
  /** Numbers of its first and last word in the document. */
  first: number;
  last: number;
  start: number;
  end: number;
}

/** One after the other, so that whoever wants to know of one only need not wait for the rest. */
function* sharedRuns(text: string, { words, runs }: AnswerRuns): Iterable<SharedRun> {
  if (runs.size === 0) return;
  const cut = text.slice(0, MAX_CHARACTERS);
  const lower = cut.toLowerCase();
  // Few letters are longer in lower case; then places would be wrong, and the text is taken word by word.
  const source = lower.length === cut.length ? lower : cut;
  const numbers: number[] = [];
  const starts: number[] = [];
  let index = -1;
  for (const match of source.matchAll(WORD)) {
    index++;
    const number = words.get(source === lower ? match[0] : match[0].toLowerCase());
    if (number === undefined) {
      numbers.length = starts.length = 0;
      continue;
    }
    numbers.push(number);
    starts.push(match.index);
    if (numbers.length < RUN_WORDS) continue;
    if (numbers.length > RUN_WORDS) {
      numbers.shift();
      starts.shift();
    }
    if (runs.has(numbers.join(" ")))
      yield {
        first: index - RUN_WORDS + 1,
        last: index,
        start: starts[0] ?? 0,
        end: match.index + match[0].length,
      };
  }
}
