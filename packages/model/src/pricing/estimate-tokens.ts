/** What a character of ASCII is to a tokeniser. */
const OTHER = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const SPACE = 4;
const LINE = 5;
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  if (code >= 48 && code <= 57) return DIGIT;
  if (code === 10 || code === 13) return LINE;
  return code <= 32 ? SPACE : OTHER;
});

/** From here on scripts have no spaces between words: Chinese, Japanese, Korean. */
const FIRST_CJK = 0x2e80;

/** Texts longer than this are read in even samples of it. */
const SAMPLE = 2048;
const SAMPLES = 8;

/**
 * About how many tokens a text has, without a tokeniser and its vocabulary: what a tokeniser of the o200k family splits is counted
 * (words, long words, groups of digits, runs of signs, lines), each with the weight that fits real texts best. `bench/prompt-parts`
 * measures how far it is off. For shares of a whole that is known, not for bills.
 */
export function estimateTokens(text: string): number {
  if (text.length <= SAMPLE) return Math.round(weigh(text, 0, text.length));
  const size = SAMPLE / SAMPLES;
  const step = (text.length - size) / (SAMPLES - 1);
  let tokens = 0;
  for (let i = 0; i < SAMPLES; i++) tokens += weigh(text, Math.floor(i * step), Math.floor(i * step) + size);
  return Math.round((tokens * text.length) / SAMPLE);
}

function weigh(text: string, from: number, to: number): number {
  let words = 0;
  let longLetters = 0;
  let digitGroups = 0;
  let signRuns = 0;
  let moreSigns = 0;
  let lines = 0;
  let letters = 0;
  let ideographs = 0;
  let before = SPACE;
  let run = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code >= 128) {
      if (code < FIRST_CJK) letters++;
      else ideographs++;
      before = SPACE;
      continue;
    }
    const kind = CLASSES[code] as number;
    // camelCase is two words, a CAPITAL one.
    const goesOn = kind === before || (kind === LOWER && before === UPPER);
    run = goesOn ? run + 1 : 1;
    if (kind === LOWER || kind === UPPER) {
      if (!goesOn) words++;
      else if (run > 8) longLetters++;
    } else if (kind === DIGIT) {
      if (run % 3 === 1) digitGroups++;
    } else if (kind === OTHER) {
      if (goesOn) moreSigns++;
      else signRuns++;
    } else if (kind === LINE) {
      if (!goesOn) lines++;
    }
    before = kind;
  }
  return (
    WEIGHTS.words * words +
    WEIGHTS.longLetters * longLetters +
    WEIGHTS.digitGroups * digitGroups +
    WEIGHTS.signRuns * signRuns +
    WEIGHTS.moreSigns * moreSigns +
    WEIGHTS.lines * lines +
    WEIGHTS.letters * letters +
    WEIGHTS.ideographs * ideographs
  );
}

/** Fitted to o200k_base by least squares over prose, code, JSON and five scripts. */
const WEIGHTS = {
  words: 0.99,
  longLetters: 0.17,
  digitGroups: 1.55,
  signRuns: 0.68,
  moreSigns: 0.19,
  lines: 1.3,
  letters: 0.23,
  ideographs: 0.62,
};
