import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { pythonLiteral } from "./python-literal.ts";
import { firstOf, isRecord } from "./record.ts";

/** Longer messages are left as they are: no provider says so much. */
const MAX_MESSAGE = 16_384;

/** What clients call the body before it: `Body: `, `HTTP response body: `. */
const BODY_LABEL = /(?:^|[\s,])(?:HTTP |Error |Response )*body[:=]\s*$/i;
/** Headers that were printed on the way to the body. */
const HEADERS = /(?:HTTP response )?headers: (?:HTTPHeaderDict\()?\{[^{}]*\}\)?(?:, |\n)?/;
/** Of longer ones than this no tuple is looked for: to find its middle takes time. */
const MAX_TUPLE = 4096;
/** Two texts that Python prints of one exception: what failed, and what it was raised for. */
const TUPLE = /^([^(]{0,200}: )?\((["'])([^]*)\2, [A-Za-z_][\w.]*\((["'])([^]*)\4\)\)$/;
const CLASS = /<class '(?:[\w.]*\.)?(\w+)'>/g;

/**
 * An error's message in words. The body of a provider's answer that stands in it, as JSON or as Python prints it, is told by
 * what it says and the code that it has for it: `Error code: 429 - {'error': {'message': 'Too many', 'code': 'rate_limit'}}`
 * → `Error code: 429 - Too many (rate_limit)`. Any other message stays as it is.
 */
export function errorWords(message: string): string {
  if (message.length > MAX_MESSAGE) return message;
  const told = withoutTuple(message);
  if (!told.includes("{")) return told;
  const plain = told.replace(HEADERS, "");
  const at = bodyStart(plain);
  const end = at === -1 ? -1 : bodyEnd(plain, at);
  const said = end === -1 ? undefined : wordsOf(plain.slice(at, end));
  if (said === undefined) return told;
  const [before, isLabelled] = withoutLabel(plain.slice(0, at));
  // A body that was printed as a text has quotes around it.
  const isQuoted = before.endsWith("'") && plain[end] === "'";
  const head = errorWords(isQuoted ? before.slice(0, -1) : before);
  // Some print the body twice.
  if (isLabelled && head.includes(said.message)) return head;
  const rest = plain.slice(isQuoted ? end + 1 : end).trimEnd();
  const joint = isLabelled && /[\w)]$/.test(head) ? " - " : isLabelled && head !== "" ? " " : "";
  const isCoded = said.code !== undefined && !`${head}${said.message}`.includes(said.code);
  const code = isCoded && head !== "" ? ` (${said.code})` : "";
  return `${head}${joint}${said.message}${code}${rest}`;
}

/** Where the body begins: behind its label, else at the first brace. */
function bodyStart(message: string): number {
  const labelled = /body[:=]\s*\{/i.exec(message);
  return labelled === null ? message.indexOf("{") : labelled.index + labelled[0].length - 1;
}

/** Behind the brace that closes the one at this place; −1 where none does. */
function bodyEnd(message: string, start: number): number {
  let depth = 0;
  let quote = "";
  for (let at = start; at < message.length; at++) {
    const sign = message[at] ?? "";
    if (sign === "\\") at++;
    else if (quote !== "") quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") depth++;
    else if (sign === "}" && --depth === 0) return at + 1;
  }
  return -1;
}

function withoutLabel(before: string): [head: string, isLabelled: boolean] {
  const label = BODY_LABEL.exec(before);
  return label === null ? [before, false] : [before.slice(0, label.index).trimEnd().replace(/,$/, ""), true];
}

/** What a body says, and its word for it, where it has one that is more than a status: `rate_limit_exceeded`. */
function wordsOf(body: string): { message: string; code: string | undefined } | undefined {
  const opened = jsonOf(body);
  const told = isRecord(opened) ? opened : pythonLiteral(body);
  if (!isRecord(told)) return undefined;
  const error = isRecord(told["error"]) ? told["error"] : told;
  const message = textOf(firstOf(error, "message", "Message")) ?? textOf(told["message"]);
  const codes = [error["code"], error["status"], error["type"]].map(textOf);
  const code = codes.find((each) => each !== undefined && /^[A-Za-z][\w.-]{2,60}$/.test(each));
  if (message === undefined) return undefined;
  // OpenAI's Agents SDK: what failed, and beside it why.
  const why = isRecord(told["data"]) ? textOf(told["data"]["error"]) : undefined;
  return { message: why === undefined ? message : `${message}: ${errorWords(why)}`, code };
}

/** Some SDKs raise with two values, which Python prints one beside the other. */
function withoutTuple(message: string): string {
  if (message.length > MAX_TUPLE || !message.endsWith("))")) return message;
  const [, before = "", , what, , why] = TUPLE.exec(message) ?? [];
  if (what === undefined || why === undefined) return message;
  const named = what.replace(CLASS, "$1");
  return named.includes(why) ? before + named : `${before}${named}: ${why}`;
}
