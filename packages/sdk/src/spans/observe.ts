import type { Attributes, Span } from "@opentelemetry/api";
import { OpenInferenceSpanKind } from "@arizeai/openinference-semantic-conventions";
import { runSpan, type Traced } from "./run-span.ts";
import { inputAttributes, outputAttributes } from "./values.ts";

export interface ObserveOptions<A extends unknown[]> {
  /** The span's name. Default: the function's name. */
  name?: string;
  /** Default: CHAIN. */
  kind?: `${OpenInferenceSpanKind}`;
  /** What to record as input. Default: the argument, or the list of them. */
  input?: (...args: A) => unknown;
  /** False records no output. */
  recordOutput?: boolean;
  attributes?: Attributes;
}

/**
 * Wraps any function, so that each call is a span with its arguments and what it returned: plain and async
 * functions, generators, methods. The wrapped function takes and gives what the original does.
 *
 * ```ts
 * const answer = observe(async function answer(question: string) { … });
 * ```
 */
export function observe<This, A extends unknown[], R>(
  fn: (this: This, ...args: A) => R,
  options: ObserveOptions<A> = {},
): (this: This, ...args: A) => Traced<R> {
  const name = options.name ?? (fn.name || "anonymous");
  const onResult = (span: Span, result: unknown): void => void span.setAttributes(outputAttributes(result));
  return function observed(this: This, ...args: A): Traced<R> {
    return runSpan(
      {
        name,
        kind: options.kind ?? OpenInferenceSpanKind.CHAIN,
        attributes: () => ({
          ...inputAttributes(options.input ? options.input(...args) : args.length > 1 ? args : args[0]),
          ...options.attributes,
        }),
        ...(options.recordOutput === false ? {} : { onResult }),
      },
      () => fn.apply(this, args),
    );
  };
}
