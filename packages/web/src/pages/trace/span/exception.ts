import type { AttributeValue } from "@nightowl/model/span/attributes";
import type { ErrorInfo, Span } from "@nightowl/model/span/span";

/** What went wrong in a span, from its error, its last exception event and its status, whichever says it. */
export function errorOf(span: Span): ErrorInfo {
  const event = span.events.findLast((each) => each.name === "exception");
  const fromEvent = event === undefined ? {} : exceptionOf(event.attributes);
  const error: ErrorInfo = {};
  const type = span.error?.type ?? fromEvent.type;
  const message = span.error?.message ?? fromEvent.message ?? (span.statusMessage || undefined);
  const stacktrace = span.error?.stacktrace ?? fromEvent.stacktrace;
  if (type !== undefined) error.type = type;
  if (message !== undefined) error.message = withoutType(message, type);
  if (stacktrace !== undefined) error.stacktrace = stacktrace;
  return error;
}

/** `TimeoutError: slow` under the heading `TimeoutError` reads `slow`. */
function withoutType(message: string, type: string | undefined): string {
  return type !== undefined && message.startsWith(`${type}: `) ? message.slice(type.length + 2) : message;
}

/** The exception that an event's attributes describe (OTel semantic conventions, `exception.*`). */
export function exceptionOf(attributes: Record<string, AttributeValue>): ErrorInfo {
  const error: ErrorInfo = {};
  const type = textOf(attributes["exception.type"]);
  let message = textOf(attributes["exception.message"]);
  let stacktrace = textOf(attributes["exception.stacktrace"]);
  // Some instrumentations send the stack as the message.
  if (message !== undefined && stacktrace === undefined) {
    const head = reasonOf(message);
    if (head !== undefined) [message, stacktrace] = [head, message];
  }
  if (type !== undefined) error.type = type;
  if (message !== undefined) error.message = message;
  if (stacktrace !== undefined) error.stacktrace = stacktrace;
  return error;
}

/** What a stack trace says beside its frames: above them, or (Python) below; undefined where the text is no stack trace. */
function reasonOf(text: string): string | undefined {
  const lines = text.split("\n");
  const frame = lines.findIndex((line) => STACK_FRAME.test(line));
  if (frame < 0) return undefined;
  const head = lines.slice(0, frame).join("\n").trim();
  // Python says what happened last.
  return head === "" || head.startsWith("Traceback") ? lines.findLast((line) => line.trim() !== "") : head;
}

function textOf(value: AttributeValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A message for a small place: its lines without the empty ones. */
export function withoutBlankLines(message: string): string {
  return message.trim().replace(/\n\s*\n/g, "\n");
}

/** One line of a stack trace. `library` lines are other people's code; `head` lines are no frames. */
export interface StackLine {
  text: string;
  part: "own" | "library" | "head";
}

/** A frame that prose would hardly contain. */
const STACK_FRAME = /^\s+at .+:\d+(?::\d+)?\)?$|^\s*File ".+", line \d+/;
const FRAME = /^\s*(?:at |File "|from .+:\d+:in |\S+\.go:\d+|#\d+ |goroutine |.*\.rb:\d+:in )/;
const LIBRARY =
  /node_modules|node:internal|\(node:|\bsite-packages\b|\bdist-packages\b|\/lib(?:64)?\/python\d|<frozen |\/usr\/(?:lib|local\/lib)\/|\bjava\.|\bjavax\.|\bsun\.|\bjdk\.|\bkotlin\.|\bscala\.|\borg\.springframework\.|\bgithub\.com\/.+@v|\/go\/pkg\/mod\/|\/usr\/local\/go\/|\/gems\/|\bSystem\.|\bMicrosoft\./;

/**
 * A stack trace line by line, with the reader's own frames told from those of libraries, in the forms of
 * Python, JavaScript, Java, Go, Ruby and .NET. A Python frame's source line goes with its frame.
 */
export function stackLines(stacktrace: string): StackLine[] {
  let python = false;
  let last: StackLine["part"] = "head";
  return stacktrace.split("\n").map((text): StackLine => {
    if (FRAME.test(text)) {
      python = /^\s*File "/.test(text);
      last = LIBRARY.test(text) ? "library" : "own";
      return { text, part: last };
    }
    // The source line, and the ^^^^ beneath it, are indented deeper than the frame.
    if (python && /^\s{4,}\S/.test(text)) return { text, part: last };
    python = false;
    return { text, part: "head" };
  });
}
