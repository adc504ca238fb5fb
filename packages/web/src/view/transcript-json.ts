/** A piece of JSON text, for colouring it. The pieces joined are the text, whatever the text is. */
export interface JsonToken {
  kind: "key" | "string" | "number" | "literal" | "plain";
  text: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;
const LINE_BREAK = /\\(?:r\\n|(.))/g;

/**
 * Indented JSON as one reads it: a string of several lines stands on several lines, indented below its own.
 * What comes out is for the eye, and no JSON any more where there was such a string.
 */
export function breakJsonLines(json: string): string {
  if (!json.includes("\\n")) return json;
  return json.replace(STRING, (string, colon: string | undefined, at: number) => {
    if (colon !== undefined || !string.includes("\\n")) return string;
    const line = json.slice(json.lastIndexOf("\n", at) + 1, at);
    const indent = `\n${/^ */.exec(line)?.[0] ?? ""}  `;
    return string.replace(LINE_BREAK, (escape, of: string | undefined) =>
      of === undefined || of === "n" ? indent : of === "t" ? "\t" : escape,
    );
  });
}

/** Above this many characters JSON is shown without colours: each piece is an element of the page. */
export const MAX_COLOURED_LENGTH = 60_000;

/** Cuts JSON text into pieces to colour. Text that is not JSON comes out whole, mostly plain; never throws. */
export function tokeniseJson(text: string): JsonToken[] {
  if (text.length > MAX_COLOURED_LENGTH) return [{ kind: "plain", text }];
  const tokens: JsonToken[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) tokens.push({ kind: "plain", text: text.slice(end, match.index) });
    const [whole, string, colon, number] = match;
    if (string !== undefined && colon !== undefined) {
      tokens.push({ kind: "key", text: string }, { kind: "plain", text: colon });
    } else if (string !== undefined) tokens.push({ kind: "string", text: string });
    else if (number !== undefined) tokens.push({ kind: "number", text: whole });
    else tokens.push({ kind: "literal", text: whole });
    end = match.index + whole.length;
  }
  if (end < text.length) tokens.push({ kind: "plain", text: text.slice(end) });
  return tokens;
}
