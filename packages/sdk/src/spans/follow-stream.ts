import { finished, Readable } from "node:stream";
import { context, type Context } from "@opentelemetry/api";

export interface StreamListener {
  /** The context in which a generator's body goes on. */
  context: Context;
  onChunk: (chunk: unknown) => void;
  /** Consumed to its end, or closed by its reader before. `at` where that was earlier than now. */
  onEnd: (at?: Date) => void;
  onError: (error: unknown) => void;
}

/**
 * Listens to a stream that is on its way to its reader: an async or sync generator, anything that is async
 * iterable (the streams of model clients), a model client's stream of events, a web ReadableStream or a Node
 * Readable. The reader gets the same object, except for a web stream, which is passed through another. A stream
 * that nobody reads ends when it is garbage, as of its last chunk.
 * Undefined for what is no stream; arrays, maps, sets and texts are values.
 */
export function followStream(value: unknown, listener: StreamListener): { value: unknown } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const once = settleOnce(listener);
  const followed = follow(value, once);
  if (followed === undefined) return undefined;
  abandoned.register(followed, once.onAbandoned);
  return { value: followed };
}

/** Calls back for streams that were let go without having been read to their end. */
const abandoned = new FinalizationRegistry<() => void>((onAbandoned) => onAbandoned());

function follow(value: object, listener: StreamListener): object | undefined {
  if (value instanceof Readable) return followReadable(value, listener);
  if (typeof ReadableStream !== "undefined" && value instanceof ReadableStream) {
    return followWebStream(value, listener);
  }
  if (isEventStream(value)) return followEventStream(value, listener);
  if (isIterator(value)) {
    const steps = followIterator(value, listener, Symbol.asyncIterator in value);
    for (const [name, method] of Object.entries(steps)) define(value, name, method);
    return value;
  }
  return followIterable(value, listener);
}

function followIterable(value: object, listener: StreamListener): object | undefined {
  if (!(Symbol.asyncIterator in value) || typeof value[Symbol.asyncIterator] !== "function") return undefined;
  // The streams of the OpenAI and Anthropic clients make their iterators here, those of `tee()` too.
  const name =
    "iterator" in value && typeof value.iterator === "function" ? "iterator" : Symbol.asyncIterator;
  const iterate = (value as Record<string | symbol, () => AnyIterator>)[name]!.bind(value);
  define(value, name, () => {
    const iterator = followIterator(iterate(), listener, true);
    // While it is read, the stream is not garbage, though nothing else may hold it.
    define(iterator, "stream", value);
    return Object.assign(iterator, { [Symbol.asyncIterator]: () => iterator });
  });
  return value;
}

type Step = IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>;
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
    if (!("then" in result)) return told(result);
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
  if (!("then" in result)) {
    listener.onEnd();
    return result;
  }
  return Promise.resolve(result).finally(() => listener.onEnd());
}

function followReadable(stream: Readable, listener: StreamListener): Readable {
  const push = stream.push.bind(stream);
  define(stream, "push", (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) listener.onChunk(chunk);
    return push(chunk, encoding);
  });
  finished(stream, { writable: false }, (error) =>
    error && !isPrematureClose(error) ? listener.onError(error) : listener.onEnd(),
  );
  return stream;
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

/**
 * What the OpenAI client's `chat.completions.stream()` and Anthropic's `messages.stream()` give: it runs by itself
 * and tells listeners, and may never be iterated.
 */
interface EventStream {
  on(event: string, listener: (chunk: unknown) => void): unknown;
  done(): Promise<void>;
  aborted: boolean;
}

function isEventStream(value: object): value is EventStream {
  return (
    Symbol.asyncIterator in value &&
    "aborted" in value &&
    "on" in value &&
    typeof value.on === "function" &&
    "done" in value &&
    typeof value.done === "function"
  );
}

function followEventStream(stream: EventStream, listener: StreamListener): object {
  for (const event of ["chunk", "event", "streamEvent"]) stream.on(event, listener.onChunk);
  stream.on("end", () => {
    // Asked when it is over: before, it would keep an error that nobody handles from being reported.
    stream.done().then(
      () => listener.onEnd(),
      (error: unknown) => (stream.aborted ? listener.onEnd() : listener.onError(error)),
    );
  });
  return stream;
}

/** The same listener, told of one end only. */
function settleOnce(listener: StreamListener): StreamListener & { onAbandoned: () => void } {
  let isOver = false;
  let lastActive = new Date();
  const over = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    tell();
  };
  return {
    context: listener.context,
    onChunk(chunk) {
      if (isOver) return;
      lastActive = new Date();
      listener.onChunk(chunk);
    },
    onEnd: () => over(() => listener.onEnd()),
    onError: (error) => over(() => listener.onError(error)),
    onAbandoned: () => over(() => listener.onEnd(lastActive)),
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

/** Its reader left: a loop over it that breaks destroys it with an AbortError. */
function isPrematureClose(error: NodeJS.ErrnoException): boolean {
  return error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ABORT_ERR";
}
