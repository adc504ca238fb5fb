import { finished, Readable } from "node:stream";
import { context, type Context } from "@opentelemetry/api";

export interface StreamListener {
  /** The context in which a generator's body goes on. */
  context: Context;
  onChunk: (chunk: unknown) => void;
  /** Consumed to its end, or closed by its reader before. */
  onEnd: () => void;
  onError: (error: unknown) => void;
}

/**
 * Listens to a stream that is on its way to its reader: an async or sync generator, anything that is async
 * iterable (the streams of model clients), a web ReadableStream or a Node Readable. The reader gets the same
 * object, except for a web stream, which is passed through another.
 * Undefined for what is no stream; arrays, maps, sets and texts are values.
 */
export function followStream(value: unknown, listener: StreamListener): { value: unknown } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const once = settleOnce(listener);
  if (value instanceof Readable) {
    finished(value, (error) => (error && !isPrematureClose(error) ? once.onError(error) : once.onEnd()));
    return { value };
  }
  if (typeof ReadableStream !== "undefined" && value instanceof ReadableStream) {
    return { value: followWebStream(value, once) };
  }
  if (isIterator(value)) {
    const follow = followIterator(value, once, Symbol.asyncIterator in value);
    for (const [name, method] of Object.entries(follow)) define(value, name, method);
    return { value };
  }
  if (!(Symbol.asyncIterator in value) || typeof value[Symbol.asyncIterator] !== "function") return undefined;
  const iterable = value as AsyncIterable<unknown>;
  const iterate = iterable[Symbol.asyncIterator].bind(iterable);
  define(value, Symbol.asyncIterator, () => {
    const iterator = followIterator(iterate(), once, true);
    return Object.assign(iterator, { [Symbol.asyncIterator]: () => iterator });
  });
  return { value };
}

type Step = IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
interface AnyIterator {
  next(...args: unknown[]): Step;
  return?(value?: unknown): Step;
  throw?(error?: unknown): Step;
}

/** The methods of an iterator, each in the span's context and with its outcome told. */
function followIterator(iterator: AnyIterator, listener: StreamListener, isAsync: boolean): AnyIterator {
  const inContext = (step: () => Step): Step => {
    let result: Step;
    try {
      result = context.with(listener.context, step);
    } catch (error) {
      listener.onError(error);
      throw error;
    }
    if (!(result instanceof Promise)) return told(result);
    return result.then(told, (error: unknown) => {
      listener.onError(error);
      throw error;
    });
  };
  const told = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (result.done === true) listener.onEnd();
    else listener.onChunk(result.value);
    return result;
  };
  const { next, return: close, throw: raise } = iterator;
  return {
    next: (...args) => inContext(() => next.apply(iterator, args)),
    return: (value) => {
      if (close !== undefined) return closing(() => inContext(() => close.call(iterator, value)), listener);
      listener.onEnd();
      const step = { done: true as const, value };
      return isAsync ? Promise.resolve(step) : step;
    },
    ...(raise === undefined ? {} : { throw: (error) => inContext(() => raise.call(iterator, error)) }),
  };
}

/** Whoever closes a stream is done with it, whatever the stream answers. */
function closing(close: () => Step, listener: StreamListener): Step {
  const result = close();
  if (!(result instanceof Promise)) {
    listener.onEnd();
    return result;
  }
  return result.finally(() => listener.onEnd());
}

function followWebStream(stream: ReadableStream, listener: StreamListener): ReadableStream {
  const reader = stream.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await context.with(listener.context, () => reader.read());
          if (done) {
            listener.onEnd();
            controller.close();
          } else {
            listener.onChunk(value);
            controller.enqueue(value);
          }
        } catch (error) {
          listener.onError(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        listener.onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function settleOnce({ context: own, onChunk, onEnd, onError }: StreamListener): StreamListener {
  let isOver = false;
  const over = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    tell();
  };
  return {
    context: own,
    onChunk: (chunk) => (isOver ? undefined : onChunk(chunk)),
    onEnd: () => over(onEnd),
    onError: (error) => over(() => onError(error)),
  };
}

/** Generators and iterators have their own `next`; an iterable that also has one is read by either. */
function isIterator(value: object): value is AnyIterator & object {
  return (
    "next" in value &&
    typeof value.next === "function" &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}

function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function isPrematureClose(error: NodeJS.ErrnoException): boolean {
  return error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
