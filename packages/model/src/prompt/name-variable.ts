import { shapeOf } from "./pattern.ts";

const WORD = "[\\p{L}_][\\p{L}\\p{N}_-]{1,30}";
/** `<documents>` and its like right before it. */
const TAG = new RegExp(`<(${WORD})[^<>]*>\\s*$`, "u");
/** `Context:` and its like, a heading among them. */
const LABEL = new RegExp(
  `(?:^|[\\n.,;(>*#-])[\\s#*>-]*((?:${WORD} ){0,2}${WORD})[*_]*\\s*[:=]\\s*["'\`(*]*\\s*$`,
  "u",
);
const HEADING = new RegExp(`(?:^|\\n)#+ *((?:${WORD} ){0,2}${WORD})\\s*\\n\\s*$`, "u");
const SAYS = new RegExp(`(${WORD})(?:'s name)? (?:is|are|was) (?:called |named )?["'\`]?$`, "iu");
const LAST_WORD = new RegExp(`(${WORD})\\W*$`, "u");
const SMALL_WORDS = new Set(
  "a an the of for to from in on at by with and or is are be this that you your their its as user".split(" "),
);

/**
 * A name for a variable: from the label, tag or heading before it, from what its values are, or from the word beside it.
 *
 * @param before the fixed text before it; `role` of the message; `whole` when it is all of its message.
 */
export function nameVariable(given: {
  before: string;
  role: string;
  whole: boolean;
  samples: readonly string[];
}): string {
  if (given.whole) return given.role === "user" ? "question" : `${given.role}_text`;
  const before = given.before.slice(-120);
  const labelled = (TAG.exec(before) ?? LABEL.exec(before) ?? HEADING.exec(before))?.[1];
  if (labelled !== undefined) return toName(labelled);
  const kind = kindOf(given.samples);
  if (kind !== undefined) return kind;
  const said = SAYS.exec(before)?.[1];
  if (said !== undefined && !SMALL_WORDS.has(said.toLowerCase())) return toName(said);
  if (given.samples.some((sample) => shapeOf(sample) === "block")) return "text";
  const word = LAST_WORD.exec(before)?.[1];
  if (word !== undefined && !SMALL_WORDS.has(word.toLowerCase())) return toName(word);
  return "value";
}

function kindOf(samples: readonly string[]): string | undefined {
  const all = (pattern: RegExp): boolean =>
    samples.length > 0 && samples.every((sample) => pattern.test(sample.trim()));
  if (all(/^\d{4}-\d\d-\d\d([T ].*)?$/) || all(/^\w+,? \w+ \d{1,2},? \d{4}$/)) return "date";
  if (all(/^https?:\/\//)) return "url";
  if (all(/^\S+@\S+\.\w+$/)) return "email";
  if (all(/^[0-9a-f-]{16,36}$/i)) return "id";
  return all(/^[\d.,]+%?$/) ? "number" : undefined;
}

function toName(text: string): string {
  return text
    .toLowerCase()
    .trim()
    .replace(/[\s-]+/g, "_");
}

/** The name, or the name and a number where it is taken. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) if (!taken.has(`${name}_${n}`)) return `${name}_${n}`;
}
