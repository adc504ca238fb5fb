/**
 * Parses JSON text and keeps every digit of long integers: an integer of 16 digits or more that stands
 * unquoted comes back as a string. (`JSON.parse` alone would round it, and some senders do not quote
 * their nanoseconds.) The depth of the text does not matter. Throws SyntaxError as `JSON.parse` does.
 */
export function parseJsonText(text: string): unknown {
  return JSON.parse(MAY_HOLD_LONG_INTEGER.test(text) ? quoteLongIntegers(text) : text);
}

const MAY_HOLD_LONG_INTEGER = /[^"\d.\w+-]-?\d{16,}[\s,}\]]/;
const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Goes from string to string, and puts quotes around the long integers between them. */
function quoteLongIntegers(text: string): string {
  let quoted = "";
  let pos = 0;
  while (pos < text.length) {
    const stringStart = text.indexOf('"', pos);
    const betweenEnd = stringStart < 0 ? text.length : stringStart;
    quoted += text.slice(pos, betweenEnd).replace(LONG_INTEGER, '"$&"');
    pos = betweenEnd;
    if (stringStart >= 0) {
      pos = stringEnd(text, stringStart);
      quoted += text.slice(stringStart, pos);
    }
  }
  return quoted;
}

/** Where the string that starts at `start` is over: behind the first quote that is not escaped. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/** Far more than the greatest body that a sender could mean: OTLP's JSON has a brace or bracket in 20 characters at most. */
const MAX_OPENINGS = 12_000_000;

/**
 * Whether the text would fill the memory when parsed: an empty object is three characters of text (and next to
 * nothing when compressed) but some sixty bytes in memory. Braces within strings count too.
 */
export function holdsTooManyObjects(text: string): boolean {
  if (text.length <= MAX_OPENINGS) return false;
  let openings = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) openings++;
  }
  return openings > MAX_OPENINGS;
}

const OPEN_BRACE = "{".charCodeAt(0);
const OPEN_BRACKET = "[".charCodeAt(0);
