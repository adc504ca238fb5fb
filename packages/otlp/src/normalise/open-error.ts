import type { LlmFields } from "@nightowl/model/span/span";
import { errorWords } from "./error-words.ts";
import { pythonLiteral } from "./python-literal.ts";
import { compact } from "./record.ts";

type SpanError = NonNullable<LlmFields["error"]>;

/** What any error may be called: it says less than a name inside the message. */
const ANY_ERROR = new Set(["Error", "Exception", "unknown", "_OTHER"]);

/** What errors are called: any name that ends so, and those by which LangGraph leaves a node. */
const NAME = String.raw`(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception)|Error|Exception|GraphInterrupt|NodeInterrupt|ParentCommand`;
/** Python's way to print an exception: `RateLimitError('Error code: 429')`. */
const PRINTED = new RegExp(String.raw`^(${NAME})\(\s*(['"][\s\S]*['"])\s*,?\s*\)$`);
/** `TypeError: x is not a function`. */
const PREFIXED = new RegExp(String.raw`^(${NAME}): (?=\S)`);
/** A line of a stack that names the error. */
const NAMED_LINE = new RegExp(String.raw`^(${NAME})(?::|$)`);
const FIRST_FRAME = /\n[ \t]+at \S/;
const TRACEBACK = "Traceback (most recent call last)";

/**
 * An error whose message holds its type or its stack, taken apart: some SDKs write all of it into one text. A type that
 * was sent stays, unless it is one that every error has.
 */
export function openError(error: SpanError): SpanError {
  const split = splitStack(error.message);
  const stacktrace = error.stacktrace ?? split.stacktrace;
  // Some wrap what they caught, and name it again: `litellm.RateLimitError: RateLimitError: …`.
  const outer = splitType(error.type ?? split.type, split.message);
  const { type, message: said } = outer.type === undefined ? outer : splitType(outer.type, outer.message);
  const message = said === undefined ? undefined : errorWords(said);
  return compact({ type: type ?? nameIn(stacktrace), message, stacktrace }) ?? error;
}

/** JavaScript names the error above the frames, Python below them. */
function nameIn(stacktrace: string | undefined): string | undefined {
  if (stacktrace === undefined) return undefined;
  const head = stacktrace.includes(TRACEBACK)
    ? stacktrace
    : stacktrace.slice(0, Math.max(0, stacktrace.search(FIRST_FRAME)));
  const line = head.split("\n").findLast((each) => NAMED_LINE.test(each));
  return line === undefined ? undefined : NAMED_LINE.exec(line)?.[1];
}

function splitStack(text: string | undefined): Pick<SpanError, "type" | "message" | "stacktrace"> {
  if (text === undefined) return {};
  const at = text.search(/\n[ \t]+at \S|Traceback \(most recent call last\)/);
  if (at === -1) return { message: text };
  const said = text.slice(0, at).trimEnd();
  const twice = saidTwice(said);
  if (twice !== undefined) return { ...twice, stacktrace: text };
  // A traceback by itself says at its end what happened.
  const last = text.slice(text.trimEnd().lastIndexOf("\n") + 1).trimEnd();
  return { message: said === "" ? last : said, stacktrace: text };
}

/** LangChain.js writes the message and then the stack, which begins with the name and the message again. */
function saidTwice(text: string): Pick<SpanError, "type" | "message"> | undefined {
  // Between the two messages stand an empty line and the name, so that the line is the last one of the first half.
  const half = text.lastIndexOf("\n\n", text.length / 2);
  if (half === -1) return undefined;
  const message = text.slice(0, half);
  const again = /^([A-Za-z_$][\w$.]*)(?:: |$)/.exec(text.slice(half + 2));
  if (again?.[1] === undefined) return undefined;
  if (text.slice(half + 2 + again[0].length).trim() !== message.trim()) return undefined;
  return message.trim() === "" ? { type: again[1] } : { type: again[1], message };
}

function splitType(
  type: string | undefined,
  message: string | undefined,
): Pick<SpanError, "type" | "message"> {
  if (message === undefined) return { ...(type !== undefined && { type }) };
  const printed = PRINTED.exec(message);
  const said = printed === null ? undefined : pythonLiteral(printed[2] ?? "");
  const prefixed = printed === null ? PREFIXED.exec(message) : null;
  const name = typeof said === "string" ? printed?.[1] : prefixed?.[1];
  const isOpen = type === undefined || ANY_ERROR.has(type);
  const isSame = type !== undefined && name !== undefined && lastName(type) === lastName(name);
  if (name === undefined || !(isOpen || isSame)) return { ...(type !== undefined && { type }), message };
  const rest = typeof said === "string" ? said : message.slice(prefixed?.[0].length ?? 0);
  return { type: isOpen && !ANY_ERROR.has(name) ? name : (type ?? name), message: rest };
}

function lastName(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}
