import { describe, expect, it } from "vitest";
import { createTraceCounter } from "./count-traces.ts";
import { createDemoWeek, type DemoOptions } from "./demo-week.ts";
import type { OtlpSpan, TraceDraft } from "./trace-draft.ts";

const OPTIONS: DemoOptions = {
  seed: 1,
  nowMs: Date.parse("2026-11-26T10:00:00Z"),
  utcOffsetMs: 0,
  days: 7,
  requests: 1500,
};
const ERROR = 2;

const attributesOf = (span: OtlpSpan): Record<string, unknown> =>
  Object.fromEntries(
    span.attributes.map(({ key, value }) => {
      const { arrayValue, ...plain } = value as { arrayValue?: unknown };
      return [key, arrayValue === undefined ? Object.values(plain)[0] : arrayValue];
    }),
  );

const traces = [...createDemoWeek(OPTIONS)];
const spans = traces.flatMap((trace) => trace.spans);
const read = new Map(spans.map((span) => [span.spanId, attributesOf(span)]));
const rootOf = (trace: TraceDraft): OtlpSpan => trace.spans.find(({ parentSpanId }) => !parentSpanId)!;
const asks = traces.filter((trace) => rootOf(trace).name === "POST /ask");
const versionOf = (trace: TraceDraft | undefined): unknown =>
  trace?.spans
    .map(({ spanId }) => read.get(spanId)?.["llm.prompt_template.version"])
    .find((version) => version !== undefined);
const failed = asks.filter((trace) => rootOf(trace).status.code === ERROR);

describe("the same week", () => {
  const few = { ...OPTIONS, requests: 120 };
  const write = (options: DemoOptions): string[] =>
    [...createDemoWeek(options)].map(({ spans: written }) => JSON.stringify(written));

  it("comes from the same seed and end", () => expect(write(few)).toEqual(write(few)));

  it("does not come from another seed, end or zone", () => {
    const first = write(few)[0];
    expect(write({ ...few, seed: 2 })[0]).not.toBe(first);
    expect(write({ ...few, nowMs: few.nowMs + 60_000 })[0]).not.toBe(first);
    expect(write({ ...few, utcOffsetMs: 9 * 3_600_000 })[0]).not.toBe(first);
  });
});

describe("every trace is well formed", () => {
  it("has ids that come once, and one root", () => {
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(traces.length);
    expect(
      traces.filter((trace) => trace.spans.filter(({ parentSpanId }) => !parentSpanId).length !== 1),
    ).toEqual([]);
  });

  it("has spans that lie within their parents, and events within their spans", () => {
    const misplaced: string[] = [];
    for (const trace of traces) {
      const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
      for (const span of trace.spans) {
        const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
        const parent = span.parentSpanId === undefined ? span : byId.get(span.parentSpanId);
        const fits =
          end > start &&
          parent !== undefined &&
          start >= BigInt(parent.startTimeUnixNano) &&
          end <= BigInt(parent.endTimeUnixNano) &&
          span.events.every(
            ({ timeUnixNano }) => BigInt(timeUnixNano) >= start && BigInt(timeUnixNano) <= end,
          );
        if (!fits) misplaced.push(`${trace.traceId} ${span.name}`);
      }
    }
    expect(misplaced).toEqual([]);
  });

  it("runs its calls and tools one after the other", () => {
    const overlapping = traces.filter((trace) => {
      const agent = trace.spans.find(({ name }) => name === "agent.run");
      const steps = trace.spans
        .filter(({ parentSpanId }) => agent && parentSpanId === agent.spanId)
        .sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
      return steps.some((step, index) => {
        const before = steps[index - 1];
        return before && BigInt(before.endTimeUnixNano) > BigInt(step.startTimeUnixNano);
      });
    });
    expect(overlapping).toEqual([]);
  });

  it("lies in the week, up to a moment ago", () => {
    const startsMs = asks.map(({ startMs }) => startMs);
    const endsMs = spans.map((span) => Number(BigInt(span.endTimeUnixNano) / 1_000_000n));
    expect(Math.min(...startsMs)).toBeGreaterThanOrEqual(OPTIONS.nowMs - 7 * 86_400_000);
    expect(Math.max(...endsMs)).toBeLessThan(OPTIONS.nowMs);
    expect(Math.max(...startsMs)).toBeGreaterThan(OPTIONS.nowMs - 5 * 60_000);
  });

  it("links feedback and verdicts to spans that there are", () => {
    const links = spans.flatMap((span) => span.links.map((link) => ({ link, span })));
    const targets = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
    expect(links.length).toBeGreaterThan(300);
    for (const { link, span } of links) {
      const target = targets.get(`${link.traceId} ${link.spanId}`);
      expect(target, span.name).toBeDefined();
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThan(BigInt(target!.endTimeUnixNano));
    }
  });
});

describe("what the week holds", () => {
  it("as many requests as asked for, errors among them", () => {
    expect(asks).toHaveLength(OPTIONS.requests);
    expect(failed.length / asks.length).toBeGreaterThan(0.015);
    expect(failed.length / asks.length).toBeLessThan(0.06);
  });

  it.each([
    ["llm.chat", /^429 Rate limit/],
    ["llm.chat", /^400 This model's maximum context length is 16384/],
    ["llm.chat", /timed out/],
    ["tool.fetch_chunk", /^Cannot read properties of undefined/],
    ["tool.fetch_chunk", /^there is no passage/],
    ["tool.search_docs", /being rebuilt/],
  ])("%s that fails with %s, and a stack", (name, message) => {
    const found = spans.filter((span) => span.name === name && message.test(span.status.message ?? ""));
    expect(found.length).toBeGreaterThan(0);
    const stack = found[0]?.events.at(-1)?.attributes.find(({ key }) => key === "exception.stacktrace");
    expect(JSON.stringify(stack)).toMatch(/at .*\.ts:\d+/);
  });

  it("rate limits of one hour, a tool that fails in one release, a slow afternoon", () => {
    const hours = failed.filter((trace) => rootOf(trace).status.message?.startsWith("429"));
    const hoursOfDay = hours.map(({ startMs }) => Math.floor(startMs / 3_600_000));
    expect(new Set(hoursOfDay).size).toBe(1);
    const releases = failed.filter((trace) => rootOf(trace).status.message?.startsWith("Cannot read"));
    expect(new Set(releases.map(({ sender }) => sender.version)).size).toBe(1);
    const slow = asks.filter((trace) => {
      const root = rootOf(trace);
      return BigInt(root.endTimeUnixNano) - BigInt(root.startTimeUnixNano) > 12_000_000_000n;
    });
    const days = slow.map(({ startMs }) => new Date(startMs).toISOString().slice(0, 10));
    const counts = new Map<string, number>();
    for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
    expect(Math.max(...counts.values()) / slow.length).toBeGreaterThan(0.4);
  });

  it("nights and weekends with less in them", () => {
    const share = (isIn: (date: Date) => boolean): number =>
      asks.filter(({ startMs }) => isIn(new Date(startMs))).length / asks.length;
    expect(share((date) => date.getUTCHours() < 6)).toBeLessThan(0.1);
    // Of the seven days two are a weekend.
    expect(share((date) => date.getUTCDay() % 6 === 0)).toBeLessThan(0.2);
  });

  it("two versions of a prompt: one, then both for a day, then the other", () => {
    const versions = asks.map((trace) => ({ version: versionOf(trace), startMs: trace.startMs }));
    const startsOf = (version: string): number[] =>
      versions.filter((each) => each.version === version).map(({ startMs }) => startMs);
    const [v1, v2] = [startsOf("v1"), startsOf("v2")];
    expect(v1.length / asks.length).toBeGreaterThan(0.3);
    expect(v2.length / asks.length).toBeGreaterThan(0.3);
    const overlapMs = Math.max(...v1) - Math.min(...v2);
    expect(overlapMs).toBeGreaterThan(12 * 3_600_000);
    expect(overlapMs).toBeLessThan(30 * 3_600_000);
  });

  it("answers that are less factual under the first version, by more than chance, and no less relevant passages", () => {
    const scores = {
      factuality: { v1: [] as number[], v2: [] as number[] },
      relevance: { v1: [] as number[], v2: [] as number[] },
    };
    const byId = new Map(traces.map((trace) => [trace.traceId, trace]));
    for (const span of spans) {
      if (span.name !== "factuality" && span.name !== "relevance") continue;
      const version = versionOf(byId.get(span.links[0]?.traceId ?? ""));
      if (version === "v1" || version === "v2") {
        scores[span.name][version].push(Number(read.get(span.spanId)?.["evaluations.0.evaluation.score"]));
      }
    }
    expect(welchT(scores.factuality.v2, scores.factuality.v1)).toBeGreaterThan(4);
    expect(Math.abs(welchT(scores.relevance.v2, scores.relevance.v1))).toBeLessThan(2.6);
  });

  it("more tokens in the second version's answers", () => {
    const tokensOf = (version: string): number => {
      const answers = [...read.values()].filter(
        (each) => each["llm.prompt_template.version"] === version && each["llm.finish_reason"] === "stop",
      );
      return (
        answers.reduce((sum, each) => sum + Number(each["llm.token_count.completion"]), 0) / answers.length
      );
    };
    expect(tokensOf("v2")).toBeGreaterThan(1.3 * tokensOf("v1"));
  });

  it("three models, one of which says no cost; thinking and cached tokens", () => {
    const calls = [...read.values()].filter((each) => each["llm.token_count.prompt"] !== undefined);
    const models = new Set(calls.map((each) => each["llm.model_name"]));
    const unpriced = new Set(
      calls.filter((each) => each["llm.cost.total"] === undefined).map((each) => each["llm.model_name"]),
    );
    expect([...models].toSorted()).toEqual(["gpt-4.1-mini", "gpt-5", "qwen3-32b"]);
    expect([...unpriced]).toEqual(["qwen3-32b"]);
    for (const detail of ["prompt_details.cache_read", "completion_details.reasoning"]) {
      expect(calls.some((each) => Number(each[`llm.token_count.${detail}`]) > 0)).toBe(true);
    }
    const tooMany = calls.filter(
      (each) =>
        Number(each["llm.token_count.prompt_details.cache_read"] ?? 0) >
        Number(each["llm.token_count.prompt"]),
    );
    expect(tooMany).toEqual([]);
  });

  it("users in different use, and sessions that remember what was said", () => {
    const users = new Map<unknown, number>();
    for (const trace of asks) {
      const user = trace.spans.map(({ spanId }) => read.get(spanId)?.["user.id"]).find(Boolean);
      users.set(user, (users.get(user) ?? 0) + 1);
    }
    expect(users.size).toBeGreaterThanOrEqual(12);
    expect(Math.max(...users.values()) / asks.length).toBeGreaterThan(0.15);
    const longest = Math.max(
      ...[...read.values()].map(
        (each) =>
          Object.keys(each).filter((key) => /^llm\.input_messages\.\d+\.message\.role$/.test(key)).length,
      ),
    );
    expect(longest).toBeGreaterThan(40);
  });

  it("an agent that gives up, pictures by address, and other languages than English", () => {
    const texts = [...read.values()].map((each) => JSON.stringify(each));
    expect(texts.some((text) => text.includes('"agent.stop_reason":"max_iterations"'))).toBe(true);
    expect(texts.some((text) => text.includes("message_content.image.image.url"))).toBe(true);
    expect(texts.some((text) => /[\u3040-\u30FF]/.test(text))).toBe(true);
  });

  it("searches that find nothing of use, passages that are there twice", () => {
    const found = spans.filter(({ name, status }) => name === "retrieval" && status.code !== ERROR);
    const topScores = found.map(({ spanId }) =>
      Number(read.get(spanId)?.["retrieval.documents.0.document.score"]),
    );
    const low = topScores.filter((score) => score < 0.4).length / found.length;
    expect(low).toBeGreaterThan(0.05);
    expect(low).toBeLessThan(0.35);
    const twice = found.filter(({ spanId }) => {
      const contents = Object.entries(read.get(spanId) ?? {}).flatMap(([key, value]) =>
        /^retrieval\.documents\.\d+\.document\.content$/.test(key) ? [value] : [],
      );
      return new Set(contents).size < contents.length;
    });
    expect(twice.length).toBeGreaterThan(10);
  });
});

describe("a week of another size", () => {
  it.each([1, 2, 30, 200])("has exactly %d requests", (requests) => {
    const counter = createTraceCounter();
    let count = 0;
    for (const trace of createDemoWeek({ ...OPTIONS, requests })) {
      counter.add(trace);
      if (rootOf(trace).name === "POST /ask") count++;
    }
    expect(count).toBe(requests);
    expect(counter.totals().traceCount).toBeGreaterThanOrEqual(requests);
  });

  it("may be a day, or a month", () => {
    for (const days of [1, 30]) {
      const started = [...createDemoWeek({ ...OPTIONS, days, requests: 150 })].map(({ startMs }) => startMs);
      expect(Math.min(...started)).toBeGreaterThanOrEqual(OPTIONS.nowMs - days * 86_400_000);
    }
  });
});

/** How far two means lie apart, in standard errors. */
function welchT(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}
