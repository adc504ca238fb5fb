/**
 * Text from traces is data: it must not move the cursor, set the title or colour the terminal. Control
 * characters become their visible pictures (ESC → ␛); what turns the reading direction becomes U+FFFD.
 * Line feeds and tabs are kept.
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(CONTROL, (char) => {
      const code = char.charCodeAt(0);
      if (code < 0x20) return String.fromCharCode(0x2400 + code);
      return code === 0x7f ? "␡" : "\uFFFD";
    })
    .toWellFormed();
}

// C0 but for tab and line feed, DEL, C1, and the bidirectional overrides and isolates.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/** The same on one line: runs of white space become a space. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
// oxlint-disable-next-line no-control-regex -- printable ASCII, from space to tilde
const ASCII = /^[\u0020-\u007E]*$/;
const WIDE =
  /^(?:[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}]|[\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\p{Emoji}\uFE0F)/u;

/** Columns that a line takes in a terminal. Expects no control characters and no colour. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The line cut to `width` columns, with `…` as its end where something was cut. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = "";
  let room = width - 1;
  for (const { segment } of segmenter.segment(text)) {
    room -= graphemeWidth(segment);
    if (room < 0) break;
    cut += segment;
  }
  return width > 0 ? `${cut}…` : "";
}

function graphemeWidth(grapheme: string): number {
  if (/^\p{Mark}|^\u200B/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
