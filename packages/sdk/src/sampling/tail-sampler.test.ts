import { afterEach, describe, expect, it } from "vitest";
import { ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags, type Context, type Span } from "@opentelemetry/api";
import { TracerProvider, type ReadableSpan, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { SamplingOptions } from "./sampling-options.ts";
import { TailSampler } from "./tail-sampler.ts";

/** Trace ids that a ratio of a half keeps, and drops. */
const LUCKY = "11111111111111111ff0000000000001";
const UNLUCKY = "11111111111111111000000000000001";

class Sent implements SpanProcessor {
  readonly spans: ReadableSpan[] = [];
  onStart(): void {}
  onEnd(span: ReadableSpan): void {
    this.spans.push(span);
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
  names(): string[] {
    return this.spans.map((span) => span.name);
  }
  weights(): unknown[] {
    return this.spans.map((span) => span.attributes["nightowl.sample_weight"]);
  }
}

let sampler: TailSampler | undefined;
afterEach(() => sampler?.shutdown());

function setUp(options: SamplingOptions) {
  const sent = new Sent();
  const clock = { nowMs: 0 };
  sampler = new TailSampler(sent, { ratio: 0.5, ...options }, () => clock.nowMs);
  const tracer = new TracerProvider({ spanProcessors: [sampler] }).getTracer("test");
  /** A span that starts at 0 and ends when told to, after so many milliseconds. */
  const start = (name: string, parent: Context) => {
    const span = tracer.startSpan(name, { startTime: 1000 }, parent);
    return {
      context: trace.setSpan(parent, span),
      fail: () => span.setStatus({ code: SpanStatusCode.ERROR, message: "no" }),
      end: (durationMs = 1) => span.end(1000 + durationMs),
      span: span as Span,
    };
  };
  return { sampler, sent, clock, start };
}

/** A parent in another process: what `traceparent` gives. */
function remote(traceId: string, traceFlags = TraceFlags.SAMPLED, spanId = "00f067aa0ba902b7"): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

describe("the decision when the local root ends", () => {
  it("keeps a lucky trace whole, each span with the weight 1/ratio", () => {
    const { sent, start, sampler: tail } = setUp({});
    const root = start("root", remote(LUCKY));
    start("child", root.context).end();
    expect(sent.names()).toEqual([]);
    root.end();
    expect(sent.names()).toEqual(["child", "root"]);
    expect(sent.weights()).toEqual([2, 2]);
    expect(tail.counts()).toMatchObject({
      keptByRatio: 1,
      droppedTraces: 0,
      waitingTraces: 0,
      waitingSpans: 0,
    });
  });

  it("drops an unlucky one whole", () => {
    const { sent, start, sampler: tail } = setUp({});
    const root = start("root", remote(UNLUCKY));
    start("child", root.context).end();
    root.end();
    expect(sent.names()).toEqual([]);
    expect(tail.counts()).toMatchObject({ droppedTraces: 1, droppedSpans: 2, waitingSpans: 0 });
  });

  it("keeps a trace in which any span failed, with a weight of one, from the failure on", () => {
    const { sent, start, sampler: tail } = setUp({ ratio: 0 });
    const root = start("root", remote(UNLUCKY));
    start("before", root.context).end();
    const child = start("failed", root.context);
    child.fail();
    child.end();
    expect(sent.names()).toEqual(["before", "failed"]);
    start("after", root.context).end();
    root.end();
    expect(sent.names()).toEqual(["before", "failed", "after", "root"]);
    expect(sent.weights()).toEqual([undefined, undefined, undefined, undefined]);
    expect(tail.counts()).toMatchObject({ keptFailed: 1, droppedTraces: 0, droppedSpans: 0 });
  });

  it("does not look at failures when told not to", () => {
    const { sent, start } = setUp({ keepErrors: false });
    const root = start("root", remote(UNLUCKY));
    root.fail();
    root.end();
    expect(sent.names()).toEqual([]);
  });

  it("keeps a slow root's trace, and not one in which only a child is slow", () => {
    const { sent, start } = setUp({ keepSlowerThanMs: 100 });
    const slow = start("slow", remote(UNLUCKY));
    start("child", slow.context).end();
    slow.end(100);
    expect(sent.names()).toEqual(["child", "slow"]);
    const quick = start("quick", remote(UNLUCKY.replace("1", "2")));
    start("slow child", quick.context).end(500);
    quick.end(99);
    expect(sent.names()).toEqual(["child", "slow"]);
  });

  it("keeps a trace that was asked for", () => {
    const { sent, start, sampler: tail } = setUp({});
    const root = start("root", remote(UNLUCKY));
    start("child", root.context).end();
    tail.keep(UNLUCKY);
    root.end();
    expect(sent.names()).toEqual(["child", "root"]);
    expect(tail.counts()).toMatchObject({ keptAsked: 1 });
  });

  it("is the last local root's where several are open: a service that calls itself", () => {
    const { sent, start } = setUp({});
    const outer = start("outer", remote(UNLUCKY));
    const inner = start("inner", remote(UNLUCKY, TraceFlags.SAMPLED, "00f067aa0ba902b8"));
    inner.end();
    outer.fail();
    outer.end();
    expect(sent.names()).toEqual(["inner", "outer"]);
  });

  it("gives a second request of a trace that was dropped a chance of its own", () => {
    const { sent, start } = setUp({});
    start("first", remote(UNLUCKY)).end();
    const second = start("second", remote(UNLUCKY));
    second.fail();
    second.end();
    expect(sent.names()).toEqual(["second"]);
  });
});

describe("spans that end after their trace was decided", () => {
  it("share its fate", () => {
    const { sent, start, sampler: tail } = setUp({});
    for (const traceId of [LUCKY, UNLUCKY]) {
      const root = start("root", remote(traceId));
      const late = start("late", root.context);
      root.end();
      late.end();
    }
    expect(sent.names()).toEqual(["root", "late"]);
    expect(sent.weights()).toEqual([2, 2]);
    expect(tail.counts()).toMatchObject({ droppedSpans: 2 });
  });

  it("are sent alone when they failed and the rest is gone", () => {
    const { sent, start, sampler: tail } = setUp({});
    const root = start("root", remote(UNLUCKY));
    const late = start("late", root.context);
    root.end();
    late.fail();
    late.end();
    expect(sent.names()).toEqual(["late"]);
    expect(sent.weights()).toEqual([undefined]);
    expect(tail.counts()).toMatchObject({ keptLoneSpans: 1 });
  });

  it("share it too when they started after the decision", () => {
    const { sent, start } = setUp({});
    const root = start("root", remote(LUCKY));
    root.end();
    start("follow-up", root.context).end();
    expect(sent.names()).toEqual(["root", "follow-up"]);
  });
});

describe("long traces", () => {
  it("are sent while they run, once their root has been open for as long as slow is", () => {
    const { sent, start, clock, sampler: tail } = setUp({ keepSlowerThanMs: 10_000 });
    const root = start("root", remote(UNLUCKY));
    start("early", root.context).end();
    clock.nowMs = 9999;
    tail.look();
    expect(sent.names()).toEqual([]);
    clock.nowMs = 10_000;
    tail.look();
    expect(sent.names()).toEqual(["early"]);
    start("later", root.context).end();
    expect(sent.names()).toEqual(["early", "later"]);
    expect(tail.counts()).toMatchObject({ keptSlow: 1, decidedEarly: 0 });
  });

  it("are decided by the ratio after the longest wait, where nothing is slow", () => {
    const { sent, start, clock, sampler: tail } = setUp({ maxWaitMs: 60_000 });
    const lucky = start("lucky", remote(LUCKY));
    start("lucky child", lucky.context).end();
    const unlucky = start("unlucky", remote(UNLUCKY));
    start("unlucky child", unlucky.context).end();
    clock.nowMs = 60_000;
    tail.look();
    expect(sent.names()).toEqual(["lucky child"]);
    lucky.end();
    unlucky.end();
    expect(sent.names()).toEqual(["lucky child", "lucky"]);
    expect(tail.counts()).toMatchObject({
      decidedEarly: 2,
      keptByRatio: 1,
      droppedTraces: 1,
      waitingTraces: 0,
    });
  });
});

describe("bounds", () => {
  it("on spans: the oldest trace is decided early", () => {
    const { sent, start, sampler: tail } = setUp({ maxBufferedSpans: 3 });
    const oldest = start("oldest", remote(LUCKY));
    for (const name of ["a", "b"]) start(name, oldest.context).end();
    const newer = start("newer", remote(UNLUCKY));
    for (const name of ["c", "d"]) start(name, newer.context).end();
    expect(sent.names()).toEqual(["a", "b"]);
    expect(tail.counts()).toMatchObject({ decidedEarly: 1, waitingTraces: 1, waitingSpans: 2 });
  });

  it("on bytes", () => {
    const { sent, start, sampler: tail } = setUp({ maxBufferedBytes: 100_000 });
    const root = start("root", remote(LUCKY));
    const child = start("large", root.context);
    child.span.setAttribute("text", "x".repeat(100_000));
    child.end();
    expect(sent.names()).toEqual(["large"]);
    expect(tail.counts()).toMatchObject({ decidedEarly: 1, waitingSpans: 0 });
  });

  it("on traces", () => {
    const { start, sampler: tail } = setUp({ maxBufferedTraces: 10 });
    for (let index = 10; index < 40; index++) start("root", remote(`${index}${UNLUCKY.slice(2)}`));
    expect(tail.counts()).toMatchObject({ waitingTraces: 10, decidedEarly: 20 });
  });
});

describe("parents in other processes", () => {
  it("that were not sampled change nothing", () => {
    // With this sampler the provider records every span; the parent's flag is the caller's decision, not ours.
    const sent = new Sent();
    sampler = new TailSampler(sent, { ratio: 0.5 });
    const tracer = new TracerProvider({
      spanProcessors: [sampler],
      sampler: { shouldSample: () => ({ decision: 2 }) },
    }).getTracer("test");
    tracer.startSpan("root", {}, remote(LUCKY, TraceFlags.NONE)).end();
    expect(sent.names()).toEqual(["root"]);
  });
});

it("decides what is open when it is shut down", async () => {
  const { sent, start, sampler: tail } = setUp({});
  const root = start("root", remote(LUCKY));
  start("child", root.context).end();
  await tail.shutdown();
  expect(sent.names()).toEqual(["child"]);
});

it.each([-0.1, 1.1, Number.NaN])("refuses a ratio of %d", (ratio) => {
  expect(() => new TailSampler(new Sent(), { ratio })).toThrow(RangeError);
});
