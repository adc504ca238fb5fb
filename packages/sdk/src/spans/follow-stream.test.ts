import { Readable, PassThrough, Transform } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import OpenAI from "openai";
import { Stream } from "openai/core/streaming";
import { describe, expect, it, vi } from "vitest";
import { Collector } from "../testing/collector.ts";
import { initTestTracing } from "../testing/testing.ts";
import { followStream } from "./follow-stream.ts";

// Registers the context that generators are to run in.
initTestTracing();
const KEY = createContextKey("test");
const own = ROOT_CONTEXT.setValue(KEY, "own");

interface Told {
  chunks: unknown[];
  ends: number;
  errors: unknown[];
}

function follow<T>(value: T): { value: T; told: Told } {
  const told: Told = { chunks: [], ends: 0, errors: [] };
  const followed = followStream(value, {
    context: own,
    onChunk: (chunk) => told.chunks.push(chunk),
    onEnd: () => void told.ends++,
    onError: (error) => told.errors.push(error),
  });
  if (followed === undefined) throw new Error("not followed");
  return { value: followed.value as T, told };
}

async function* numbers(count = 3): AsyncGenerator<number> {
  for (let n = 1; n <= count; n++) {
    await delay(0);
    yield n;
  }
}

async function* breaking(): AsyncGenerator<number> {
  yield 1;
  throw new Error("cut");
}

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of stream) all.push(chunk);
  return all;
}

const DONE = { chunks: [1, 2, 3], ends: 1, errors: [] };

describe("what is no stream", () => {
  it.each([
    [[1, 2]],
    ["text"],
    [new Map()],
    [new Set([1])],
    [undefined],
    [null],
    [7],
    [{ a: 1 }],
    [() => 1],
    [Buffer.from("x")],
  ])("is a value: %s", (value) => {
    expect(
      followStream(value, { context: own, onChunk: () => {}, onEnd: () => {}, onError: () => {} }),
    ).toBeUndefined();
  });
});

describe("an async generator", () => {
  it("is the same object, and told of to its end", async () => {
    const generator = numbers();
    const { value, told } = follow(generator);
    expect(value).toBe(generator);
    expect(await readAll(value)).toEqual([1, 2, 3]);
    expect(told).toEqual(DONE);
  });

  it("ends when its reader leaves", async () => {
    let isClosed = false;
    const { value, told } = follow(
      (async function* () {
        try {
          yield* numbers();
        } finally {
          isClosed = true;
        }
      })(),
    );
    for await (const n of value) if (n === 2) break;
    expect(told).toEqual({ chunks: [1, 2], ends: 1, errors: [] });
    expect(isClosed).toBe(true);
  });

  it("fails with what it throws", async () => {
    const { value, told } = follow(breaking());
    await expect(readAll(value)).rejects.toThrow("cut");
    expect(told).toMatchObject({ chunks: [1], ends: 0, errors: [new Error("cut")] });
  });

  it("ends when its reader throws into it", async () => {
    const { value, told } = follow(numbers());
    await value.next();
    await expect(value.throw(new Error("in"))).rejects.toThrow("in");
    expect(told.errors).toEqual([new Error("in")]);
  });

  it("runs in the span's context", async () => {
    const seen: unknown[] = [];
    const { value } = follow(
      (async function* () {
        seen.push(context.active().getValue(KEY));
        yield 1;
        await delay(0);
        seen.push(context.active().getValue(KEY));
        yield 2;
      })(),
    );
    await readAll(value);
    expect(seen).toEqual(["own", "own"]);
  });

  it("takes what its reader sends in", async () => {
    const { value } = follow(
      (async function* (): AsyncGenerator<string, string, string> {
        const name = yield "name?";
        return `hello ${name}`;
      })(),
    );
    await value.next();
    expect(await value.next("owl")).toEqual({ done: true, value: "hello owl" });
  });
});

describe("a sync generator", () => {
  function* some(): Generator<number> {
    yield* [1, 2, 3];
  }

  it("is told of, spread and in loops", () => {
    const { value, told } = follow(some());
    expect([...value]).toEqual([1, 2, 3]);
    expect(told).toEqual(DONE);
  });

  it("ends when its reader leaves, or fails", () => {
    const { value, told } = follow(some());
    for (const n of value) if (n === 1) break;
    expect(told).toEqual({ chunks: [1], ends: 1, errors: [] });
    const broken = follow(
      (function* (): Generator<number> {
        yield 1;
        throw new Error("cut");
      })(),
    );
    expect(() => [...broken.value]).toThrow("cut");
    expect(broken.told.errors).toEqual([new Error("cut")]);
  });
});

describe("an iterable without `return`", () => {
  it("ends when its reader leaves", async () => {
    let n = 0;
    const iterable = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: ++n }) }) };
    const { value, told } = follow(iterable as AsyncIterable<number>);
    for await (const each of value) if (each === 2) break;
    expect(told).toEqual({ chunks: [1, 2], ends: 1, errors: [] });
  });
});

const CHUNKS = ["Hoo", ".", " Hoo."].map((content, index) => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [
    {
      index: 0,
      delta: index === 0 ? { role: "assistant", content } : { content },
      finish_reason: index === 2 ? "stop" : null,
    },
  ],
}));

/** OpenAI's client against a server that streams, or breaks off after the first chunk. */
async function withClient<T>(work: (client: OpenAI) => Promise<T>, isBroken = false): Promise<T> {
  const collector = await Collector.start((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const chunk of isBroken ? CHUNKS.slice(0, 1) : CHUNKS)
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    if (isBroken) setTimeout(() => response.socket?.resetAndDestroy(), 20);
    else response.end("data: [DONE]\n\n");
  });
  try {
    return await work(new OpenAI({ apiKey: "k", baseURL: collector.url, maxRetries: 0 }));
  } finally {
    await collector.close();
  }
}

const REQUEST = { model: "m", messages: [{ role: "user" as const, content: "who?" }] };

describe("the OpenAI client's Stream", () => {
  it("is the same object, and told of to its end", () =>
    withClient(async (client) => {
      const stream = await client.chat.completions.create({ ...REQUEST, stream: true });
      const { value, told } = follow(stream);
      expect(value).toBe(stream);
      expect(value).toBeInstanceOf(Stream);
      expect(await readAll(value)).toHaveLength(3);
      expect(told).toEqual({ chunks: CHUNKS, ends: 1, errors: [] });
    }));

  it("is told of when it is teed", () =>
    withClient(async (client) => {
      const { value, told } = follow(await client.chat.completions.create({ ...REQUEST, stream: true }));
      const [left, right] = value.tee();
      expect(await Promise.all([readAll(left), readAll(right)])).toEqual([CHUNKS, CHUNKS]);
      expect(told).toEqual({ chunks: CHUNKS, ends: 1, errors: [] });
    }));

  it("is told of when it is made a web stream", () =>
    withClient(async (client) => {
      const { value, told } = follow(await client.chat.completions.create({ ...REQUEST, stream: true }));
      expect((await new Response(value.toReadableStream()).text()).trim().split("\n")).toHaveLength(3);
      expect(told).toEqual({ chunks: CHUNKS, ends: 1, errors: [] });
    }));

  it("ends when its reader leaves", () =>
    withClient(async (client) => {
      const { value, told } = follow(await client.chat.completions.create({ ...REQUEST, stream: true }));
      for await (const chunk of value) if (chunk.id === "c1") break;
      expect(told).toEqual({ chunks: CHUNKS.slice(0, 1), ends: 1, errors: [] });
    }));

  it("fails when the connection breaks", () =>
    withClient(async (client) => {
      const { value, told } = follow(await client.chat.completions.create({ ...REQUEST, stream: true }));
      await expect(readAll(value)).rejects.toThrow();
      expect(told).toMatchObject({ chunks: CHUNKS.slice(0, 1), ends: 0 });
      expect(told.errors).toHaveLength(1);
    }, true));
});

describe("the OpenAI client's stream of events", () => {
  it("is told of though nobody iterates it", () =>
    withClient(async (client) => {
      const stream = client.chat.completions.stream(REQUEST);
      const { value, told } = follow(stream);
      expect(value).toBe(stream);
      expect((await value.finalChatCompletion()).choices[0]?.message.content).toBe("Hoo. Hoo.");
      await vi.waitFor(() => expect(told).toMatchObject({ chunks: CHUNKS, ends: 1, errors: [] }));
    }));

  it("is told of once when it is iterated", () =>
    withClient(async (client) => {
      const { value, told } = follow(client.chat.completions.stream(REQUEST));
      expect(await readAll(value)).toHaveLength(3);
      await vi.waitFor(() => expect(told).toMatchObject({ chunks: CHUNKS, ends: 1 }));
    }));

  it("fails with its error, which its reader gets as before", () =>
    withClient(async (client) => {
      const { value, told } = follow(client.chat.completions.stream(REQUEST));
      await expect(value.finalChatCompletion()).rejects.toThrow();
      await vi.waitFor(() => expect(told.errors).toHaveLength(1));
      expect(told.ends).toBe(0);
    }, true));

  it("ends when it is aborted", () =>
    withClient(async (client) => {
      const { value, told } = follow(client.chat.completions.stream(REQUEST));
      value.on("chunk", () => value.abort());
      await expect(value.done()).rejects.toThrow("aborted");
      await vi.waitFor(() => expect(told).toMatchObject({ ends: 1, errors: [] }));
    }));
});

describe("a web stream", () => {
  const web = (source: AsyncIterable<unknown>): ReadableStream =>
    Readable.toWeb(Readable.from(source)) as ReadableStream;

  it("is passed through, and told of to its end", async () => {
    const { value, told } = follow(web(numbers()));
    expect(await readAll(value as unknown as AsyncIterable<number>)).toEqual([1, 2, 3]);
    expect(told).toEqual(DONE);
  });

  it("ends when it is cancelled, and so does what is behind it", async () => {
    let reason: unknown;
    const { value, told } = follow(
      new ReadableStream({
        pull: (controller) => controller.enqueue(1),
        cancel: (why) => void (reason = why),
      }),
    );
    const reader = value.getReader();
    await reader.read();
    await reader.cancel("enough");
    expect(told).toEqual({ chunks: [1], ends: 1, errors: [] });
    expect(reason).toBe("enough");
  });

  it("fails with its error", async () => {
    const { value, told } = follow(web(breaking()));
    await expect(readAll(value as unknown as AsyncIterable<number>)).rejects.toThrow("cut");
    expect(told.errors).toHaveLength(1);
  });

  it("is not read before its reader reads", async () => {
    let pulls = 0;
    const { value } = follow(
      new ReadableStream({ pull: (controller) => void controller.enqueue(++pulls) }, { highWaterMark: 0 }),
    );
    await delay(5);
    expect(pulls).toBe(0);
    await value.getReader().read();
    expect(pulls).toBe(1);
  });
});

describe("a Node Readable", () => {
  it("is the same object, and told of to its end", async () => {
    const readable = Readable.from(numbers());
    const { value, told } = follow(readable);
    expect(value).toBe(readable);
    expect(await readAll(value)).toEqual([1, 2, 3]);
    expect(told).toEqual(DONE);
  });

  it("ends when it is destroyed, and fails with its error", async () => {
    const left = follow(Readable.from(numbers()));
    for await (const n of left.value) if (n === 1) break;
    await vi.waitFor(() => expect(left.told).toMatchObject({ ends: 1, errors: [] }));
    const broken = follow(Readable.from(breaking()));
    await expect(readAll(broken.value)).rejects.toThrow("cut");
    expect(broken.told).toMatchObject({ ends: 0, errors: [new Error("cut")] });
  });

  it("may be a Transform or a Duplex, whose reading side counts", async () => {
    const { value, told } = follow(new PassThrough());
    value.end("x");
    value.resume();
    await vi.waitFor(() => expect(told.ends).toBe(1));
    const upper = new Transform({
      transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()),
    });
    const followed = follow(upper);
    upper.end("hoo");
    expect(String(await readAll(followed.value))).toBe("HOO");
    expect(followed.told).toMatchObject({ ends: 1, errors: [] });
  });
});

describe("an object that cannot be changed", () => {
  it("is left alone", () => {
    const frozen = Object.freeze(numbers());
    expect(() => follow(frozen)).toThrow(TypeError);
  });
});
