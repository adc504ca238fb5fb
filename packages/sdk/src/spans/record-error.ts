import { SpanStatusCode, type Span } from "@opentelemetry/api";

const MAX_CAUSES = 5;

/**
 * Marks a span as failed: status, `error.type`, and an exception event with the stack, causes included.
 * Takes whatever was thrown. Never throws.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function recordError(span: Span, thrown: unknown): void {
  try {
    if (!span.isRecording()) return;
    const { name, message, stack } = describeError(thrown);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute("error.type", name);
    span.addEvent("exception", {
      "exception.type": name,
      "exception.message": message,
      ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
    });
  } catch {
    // An error whose parts throw while they are read.
  }
}

function describeError(thrown: unknown): { name: string; message: string; stack?: string } {
  if (!(thrown instanceof Error)) {
    const isRecord = typeof thrown === "object" && thrown !== null;
    const message = isRecord && "message" in thrown ? String(thrown.message) : String(thrown);
    return { name: isRecord && "name" in thrown ? String(thrown.name) : "Error", message };
  }
  // Many libraries leave `name` at "Error" and say what it is by the class.
  const own = thrown.name === "Error" ? thrown.constructor.name : thrown.name;
  return { name: own || "Error", message: thrown.message, stack: stackOf(thrown) };
}

function stackOf(error: Error): string {
  const parts = [error.stack ?? `${error.name}: ${error.message}`];
  let { cause } = error;
  for (let depth = 0; depth < MAX_CAUSES && cause !== undefined && cause !== null; depth++) {
    parts.push(`Caused by: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return parts.join("\n");
}
