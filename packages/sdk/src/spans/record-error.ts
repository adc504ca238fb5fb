import { SpanStatusCode, type Span } from "@opentelemetry/api";
import { attempt } from "./attempt.ts";

const MAX_CAUSES = 5;

/**
 * Marks a span as failed: status, `error.type`, and an exception event with the stack, causes included.
 * Takes whatever was thrown. Never throws.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function recordError(span: Span, thrown: unknown): void {
  attempt(() => {
    if (!span.isRecording()) return;
    const { name, message, stack } = readError(thrown);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute("error.type", name);
    span.addEvent("exception", {
      "exception.type": name,
      "exception.message": message,
      ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
    });
  });
}

interface ErrorFacts {
  name: string;
  message: string;
  stack?: string;
}

function readError(thrown: unknown): ErrorFacts {
  try {
    return describeError(thrown);
  } catch {
    // Its parts throw while they are read. That something failed is known all the same.
    return { name: "Error", message: "an error that cannot be read" };
  }
}

/** An error of another realm is no `Error` here, and has the same members. */
function describeError(thrown: unknown): ErrorFacts {
  if (typeof thrown !== "object" || thrown === null) return { name: "Error", message: String(thrown) };
  const { name, message, stack } = thrown as { name?: unknown; message?: unknown; stack?: unknown };
  // Many libraries leave `name` at "Error" and say what it is by the class.
  const own = name === undefined || name === "Error" ? thrown.constructor?.name : String(name);
  return {
    name: own === undefined || own === "" || own === "Object" ? "Error" : own,
    message: message === undefined ? String(thrown) : String(message),
    ...(typeof stack === "string" ? { stack: withCauses(stack, thrown) } : {}),
  };
}

function withCauses(stack: string, error: { cause?: unknown }): string {
  const parts = [stack];
  let { cause } = error;
  for (let depth = 0; depth < MAX_CAUSES && cause !== undefined && cause !== null; depth++) {
    parts.push(`Caused by: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return parts.join("\n");
}
