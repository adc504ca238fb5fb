const STOP_WORDS = new Set(
  (
    "a an and any are as at be been but by can cannot could did do does doing for from had has have having how i if in " +
    "into is it its just let me my no not of off on one or our out over she he should so some than that the their them " +
    "then there these they this those to too us use used using was we were what when where which while who why will " +
    "with would you your about also all please tell show explain know after before under many much need want get happen " +
    "happens make makes made work works possible already"
  ).split(" "),
);

/** Forms that no rule of endings finds. */
const IRREGULAR: Record<string, string> = {
  kept: "keep",
  sent: "send",
  lost: "lose",
  taken: "take",
  written: "write",
  shown: "show",
  given: "give",
  found: "find",
  chosen: "choose",
  built: "build",
};

/**
 * The words of a text that carry its meaning, in order: lower case, without stop words, endings cut: `traces kept`
 * and `to keep a trace` have the same. English only, and a few rules rather than a stemmer.
 */
export function listTerms(text: string): string[] {
  return listWords(text)
    .filter((word) => !STOP_WORDS.has(word))
    .map((word) => stem(IRREGULAR[word] ?? word));
}

/** The words of a text, lower case: letters and digits, so that `--retention-days` is two. */
export function listWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function stem(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word;
  const [ending] = /(?:ingly|ings|ing|edly|ied|ies|ed|es|s|ly)$/.exec(word) ?? [""];
  if (ending === "" || /(?:ss|us|is)$/.test(word)) return word.replace(/e$/, "");
  const rest = word.slice(0, -ending.length);
  if (rest.length < 3) return word;
  if (ending === "ies" || ending === "ied") return `${rest}y`;
  // `dropped` is `drop`, `stores` and `storing` are `stor`, as `store` is.
  return rest.replace(/([bdgmnprt])\1$/, "$1").replace(/e$/, "");
}

/**
 * Sentences of prose, list items and table rows of a markdown text, without the marks around them, and its code blocks,
 * each as one with its fences.
 */
export function listSentences(markdown: string): string[] {
  return markdown
    .split(/(^```[^\n]*\n[\s\S]*?^```$)/m)
    .flatMap((part) => (part.startsWith("```") ? [part] : listProse(part)));
}

/** Whether a sentence of `listSentences` is a code block. */
export function isCode(sentence: string): boolean {
  return sentence.startsWith("```");
}

function listProse(markdown: string): string[] {
  return (
    markdown
      // A table's head and rule.
      .replaceAll(/^\|.*\|\n\|[\s:|-]+\|$/gm, "")
      .split(/\n(?=\s*(?:[-*] |\d+\. |\||#))|\n\s*\n/)
      .flatMap((block) => (block.trimStart().startsWith("|") ? [readTableRow(block)] : splitSentences(block)))
      .map((sentence) => sentence.replaceAll(/\s+/g, " ").trim())
      .filter((sentence) => /\p{L}{2}/u.test(sentence))
  );
}

function readTableRow(row: string): string {
  return row
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(" · ");
}

function splitSentences(block: string): string[] {
  return block
    .replace(/^\s*(?:[-*]|\d+\.|#+)\s+/, "")
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replaceAll("**", "")
    .split(/(?<=[.!?])\s+(?=[\p{Lu}`"“(])/u);
}
