/** Blank space behind a word, to the end of its line; the indentation of the next line is a token of its own. */
const BLANK = "[^\\S\\n]*\\n*";

/**
 * Words and single marks, each with the blank space behind it; addresses, ids, dates and times are one token each, as is
 * the beginning of a message with its role. Languages without spaces give a token a character.
 */
const TOKEN = new RegExp(
  [
    "\\u0001[^\\u0002]*\\u0002",
    `https?://[^\\s\\u0001<>"')\\]]+${BLANK}`,
    `[\\w.+-]+@[\\w-]+\\.[\\w.-]*\\w${BLANK}`,
    `[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}${BLANK}`,
    `\\d+(?:[-:.,/T]\\d+)+Z?${BLANK}`,
    `[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]${BLANK}`,
    `[\\p{L}\\p{M}\\p{N}_]+${BLANK}`,
    `[^\\p{L}\\p{M}\\p{N}_\\s]${BLANK}`,
    "\\s+",
  ].join("|"),
  "gu",
);

/** A text in tokens: `tokens.join("")` is the text. At most `limit` of them; the rest of the text is one last token. */
export function tokenise(text: string, limit = Infinity): string[] {
  if (limit === Infinity) return text.match(TOKEN) ?? [];
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    if (tokens.length === limit) {
      tokens.push(text.slice(at));
      break;
    }
    tokens.push(found[0]);
    at = TOKEN.lastIndex;
  }
  TOKEN.lastIndex = 0;
  return tokens;
}

/** FNV-1a, 32 bits. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** 64 bits of a text as 16 hex digits: the same on every machine. */
export function fingerprint(text: string): string {
  const high = hashText(text);
  const low = hashText(text, hashText(`${text.length}:${text.slice(0, 64)}`));
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

/** What people read as a word; the beginning of a message is none. */
export function isWord(token: string): boolean {
  return !token.startsWith("\u0001") && /[\p{L}\p{N}]/u.test(token);
}
