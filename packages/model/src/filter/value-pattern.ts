/**
 * A filter value opened: literal pieces between the `*` that stand for any text.
 * `["gpt-4o"]` is an exact match, `["gpt-", ""]` a prefix, `["", "error", ""]` a substring.
 */
export type ValuePattern = string[];

/**
 * Reads a {@link FieldTerm} value: `*` stands for any text, `\*` is a star and `\\` a backslash;
 * a backslash before anything else is itself.
 */
export function parseValuePattern(value: string): ValuePattern {
  const pieces: ValuePattern = [];
  let piece = "";
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i);
    const next = value.charAt(i + 1);
    if (char === "*") {
      pieces.push(piece);
      piece = "";
    } else if (char === "\\" && (next === "*" || next === "\\")) {
      piece += next;
      i++;
    } else {
      piece += char;
    }
  }
  pieces.push(piece);
  return pieces;
}

/** Any text → the filter value that matches exactly that text. */
export function literalValue(text: string): string {
  return text.replace(/[\\*]/g, "\\$&");
}

/** Whether the pattern asks only that there is some text: `user:*`. */
export function isAnyText(pattern: ValuePattern): boolean {
  return pattern.length > 1 && pattern.every((piece) => piece === "");
}
