import { setTimeout as delay } from "node:timers/promises";
import { ROOT_CONTEXT, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { TracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SpanPipeline } from "./span-pipeline.ts";
import { Collector } from "./testing/collector.ts";
import { InMemoryExporter } from "./testing/testing.ts";
import type { TracingOptions } from "./tracing-options.ts";

const collectors: Collector[] = [];
const pipelines: SpanPipeline[] = [];
afterEach(async () => {
  await Promise.all(pipelines.splice(0).map((pipeline) => pipeline.shutdown()));
  await Promise.all(collectors.splice(0).map((collector) => collector.close()));
});

async function start(answer?: Collector["answer"]): Promise<Collector> {
  const collector = await Collector.start(answer);
  collectors.push(collector);
  return collector;
}

/** A pipeline of its own, with what it says. */
function open(options: TracingOptions): { pipeline: SpanPipeline; tracer: Tracer; lines: string[] } {
  const lines: string[] = [];
  const pipeline = new SpanPipeline(
    { endpoint: false, exportDelayMs: 5, log: (line) => lines.push(line), ...options },
    {},
  );
  pipelines.push(pipeline);
  const provider = new TracerProvider({ spanProcessors: [pipeline] });
  return { pipeline, tracer: provider.getTracer("test"), lines };
}

function endSpans(tracer: Tracer, count: number, name = "span-of-test", text = ""): void {
  for (let n = 0; n < count; n++) {
    const span = tracer.startSpan(name, {}, ROOT_CONTEXT);
    if (text !== "") span.setAttribute("text", text);
    span.end();
  }
}

const LOST = { queueFull: 0, exportFailed: 0, rejected: 0 };

describe("a destination that works", () => {
  it("is sent every span, in batches of at most 512", async () => {
    const collector = await start();
    const { pipeline, tracer, lines } = open({ endpoint: collector.url });
    endSpans(tracer, 2000);
    await pipeline.forceFlush();
    expect(collector.count("span-of-test")).toBe(2000);
    expect(collector.received.length).toBeGreaterThanOrEqual(4);
    expect(pipeline.losses()).toEqual({ [collector.url]: LOST });
    expect(lines).toEqual([]);
  });

  it("is sent them in the background, without a flush", async () => {
    const collector = await start();
    const { tracer } = open({ endpoint: collector.url });
    endSpans(tracer, 3);
    await vi.waitFor(() => expect(collector.count("span-of-test")).toBe(3));
    endSpans(tracer, 1000);
    await vi.waitFor(() => expect(collector.count("span-of-test")).toBe(1003));
  });

  it("is asked for nothing while a span ends", async () => {
    const sent: number[] = [];
    const exporter: SpanExporter = {
      export: (spans, done) => {
        sent.push(spans.length);
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: () => Promise.resolve(),
    };
    const { pipeline, tracer } = open({ exporters: [exporter] });
    endSpans(tracer, 5000);
    expect(sent).toEqual([]);
    await pipeline.forceFlush();
    expect(sent.reduce((a, b) => a + b, 0)).toBe(5000);
  });

  it("is waited for by a flush, also for what was on its way before", async () => {
    let answer = (): void => {};
    const collector = await start((_request, response) => {
      answer = () => response.end();
    });
    const { pipeline, tracer } = open({ endpoint: collector.url });
    endSpans(tracer, 1);
    await vi.waitFor(() => expect(collector.received).toHaveLength(1));
    let isFlushed = false;
    const flushed = pipeline.forceFlush().then(() => (isFlushed = true));
    await delay(50);
    expect(isFlushed).toBe(false);
    answer();
    await flushed;
  });

  it("gets requests of bounded size, and large spans alone", async () => {
    const collector = await start();
    const { pipeline, tracer } = open({ endpoint: collector.url });
    endSpans(tracer, 20, "span-of-test", "x".repeat(1_000_000));
    endSpans(tracer, 1, "span-of-test", "x".repeat(9_000_000));
    await pipeline.forceFlush();
    expect(collector.count("span-of-test")).toBe(21);
    const sizes = collector.received.map(({ body }) => body.length).toSorted((a, b) => a - b);
    expect(sizes.slice(0, -1).every((size) => size < 4.5 * 2 ** 20)).toBe(true);
    expect(sizes.at(-1)).toBeGreaterThan(9_000_000);
  });
});

describe("a destination that does not work", () => {
  const misbehaviours: [string, Collector["answer"], string][] = [
    [
      "answers 429 for long",
      (_r, response) => void response.writeHead(429, { "retry-after": "60" }).end(),
      "HTTP 429",
    ],
    ["answers 500", (_r, response) => void response.writeHead(500).end("oops"), "HTTP 500"],
    ["hangs", () => {}, "did not answer in time"],
    ["resets", (_r, response) => void response.socket?.resetAndDestroy(), "ECONNRESET"],
  ];

  it.each(misbehaviours)("costs its spans and one line of log when it %s", async (_what, answer, reason) => {
    const collector = await start(answer);
    const { pipeline, tracer, lines } = open({ endpoint: collector.url, exportTimeoutMs: 200 });
    endSpans(tracer, 600);
    await pipeline.forceFlush();
    endSpans(tracer, 400);
    await pipeline.shutdown();
    expect(pipeline.losses()[collector.url]).toEqual({ ...LOST, exportFailed: 1000 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(reason);
    expect(lines[0]).toMatch(/^nightowl: \d+ spans were not sent to http/);
  });

  it("costs its spans when nobody listens", async () => {
    const url = await Collector.closedUrl();
    const { pipeline, tracer, lines } = open({ endpoint: url, exportTimeoutMs: 100 });
    endSpans(tracer, 10);
    await pipeline.shutdown();
    expect(pipeline.losses()[url]).toEqual({ ...LOST, exportFailed: 10 });
    expect(lines[0]).toContain("ECONNREFUSED");
  });

  it("is believed when it answers 200 with rubbish", async () => {
    const collector = await start((_request, response) => void response.end("<html>hello</html>"));
    const { pipeline, tracer, lines } = open({ endpoint: collector.url });
    endSpans(tracer, 10);
    await pipeline.forceFlush();
    expect(pipeline.losses()[collector.url]).toEqual(LOST);
    expect(lines).toEqual([]);
  });

  it("is heard when it takes a request and refuses some spans of it", async () => {
    // partial_success { rejected_spans: 3, error_message: "too old" }
    const partial = Buffer.from([0x0a, 0x0b, 0x08, 0x03, 0x12, 0x07, ...Buffer.from("too old")]);
    const collector = await start((_request, response) => void response.end(partial));
    const { pipeline, tracer, lines } = open({ endpoint: collector.url });
    endSpans(tracer, 10);
    await pipeline.forceFlush();
    expect(pipeline.losses()[collector.url]).toEqual({ ...LOST, rejected: 3 });
    expect(lines).toEqual([`nightowl: 3 spans were not sent to ${collector.url}: too old`]);
  });

  it("comes back: what was lost is lost, what follows arrives", async () => {
    const collector = await start((_request, response) => void response.writeHead(500).end());
    const { pipeline, tracer } = open({ endpoint: collector.url });
    endSpans(tracer, 10);
    await pipeline.forceFlush();
    collector.answer = (_request, response) => void response.end();
    collector.received.length = 0;
    endSpans(tracer, 7);
    await pipeline.forceFlush();
    expect(collector.count("span-of-test")).toBe(7);
    expect(pipeline.losses()[collector.url]?.exportFailed).toBe(10);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("bug");
      },
      "bug",
    ],
    [
      "fails",
      (_s: unknown, done: (r: { code: ExportResultCode; error?: Error }) => void) =>
        done({ code: ExportResultCode.FAILED, error: new Error("no room") }),
      "no room",
    ],
    [
      "fails without a word",
      (_s: unknown, done: (r: { code: ExportResultCode }) => void) => done({ code: ExportResultCode.FAILED }),
      "did not say why",
    ],
  ])("is an exporter of the application's that %s", async (_what, exportSpans, reason) => {
    const exporter: SpanExporter = {
      export: exportSpans,
      shutdown: () => Promise.reject(new Error("again")),
    };
    const { pipeline, tracer, lines } = open({ exporters: [exporter] });
    endSpans(tracer, 4);
    await pipeline.shutdown();
    expect(pipeline.losses()).toEqual({ Object: { ...LOST, exportFailed: 4 } });
    expect(lines[0]).toContain(reason);
  });

  it("may never call back, and its spans are given up", async () => {
    const exporter: SpanExporter = { export: () => {}, shutdown: () => Promise.resolve() };
    const { pipeline, tracer } = open({ exporters: [exporter], exportTimeoutMs: 10 });
    endSpans(tracer, 4);
    await pipeline.shutdown();
    expect(pipeline.losses()).toEqual({ Object: { ...LOST, exportFailed: 4 } });
  });

  it("may call back twice", async () => {
    const exporter: SpanExporter = {
      export(_spans, done) {
        done({ code: ExportResultCode.FAILED });
        done({ code: ExportResultCode.FAILED });
      },
      shutdown: () => Promise.resolve(),
    };
    const { pipeline, tracer } = open({ exporters: [exporter] });
    endSpans(tracer, 4);
    await pipeline.forceFlush();
    expect(pipeline.losses()).toEqual({ Object: { ...LOST, exportFailed: 4 } });
  });
});

describe("a queue that is full", () => {
  it("loses new spans, counts them, and takes spans again once there is room", async () => {
    const collector = await start();
    const { pipeline, tracer, lines } = open({ endpoint: collector.url, maxQueueSpans: 100 });
    endSpans(tracer, 250);
    await pipeline.forceFlush();
    expect(pipeline.losses()[collector.url]).toEqual({ ...LOST, queueFull: 150 });
    endSpans(tracer, 100);
    await pipeline.forceFlush();
    expect(collector.count("span-of-test")).toBe(200);
    expect(lines).toEqual([`nightowl: 1 span was not sent to ${collector.url}: the queue is full`]);
  });

  it("is full of bytes as well as of spans", async () => {
    const collector = await start();
    const { pipeline, tracer } = open({ endpoint: collector.url, maxQueueBytes: 1_000_000 });
    endSpans(tracer, 50, "span-of-test", "x".repeat(100_000));
    await pipeline.forceFlush();
    expect(collector.count("span-of-test")).toBe(9);
    expect(pipeline.losses()[collector.url]).toEqual({ ...LOST, queueFull: 41 });
  });

  it("counts what is on its way to a server that hangs", async () => {
    const collector = await start(() => {});
    const { pipeline, tracer } = open({ endpoint: collector.url, maxQueueSpans: 10, exportTimeoutMs: 300 });
    endSpans(tracer, 10);
    await vi.waitFor(() => expect(collector.received).toHaveLength(1));
    endSpans(tracer, 5);
    expect(pipeline.losses()[collector.url]?.queueFull).toBe(5);
  });
});

describe("several destinations", () => {
  it("get every span each, with their own headers, though one of them is dead", async () => {
    const good = await start();
    const other = await start();
    const hanging = await start(() => {});
    const { pipeline, tracer } = open({
      endpoint: good.url,
      headers: { "x-night": "1" },
      apiKey: "night",
      exporters: [
        { url: other.url, headers: { "DD-API-KEY": "dog" }, compression: "gzip" },
        { url: hanging.url },
        { url: await Collector.closedUrl() },
      ],
      exportTimeoutMs: 300,
      maxQueueSpans: 5000,
    });
    endSpans(tracer, 3000);
    await pipeline.forceFlush();
    expect(good.count("span-of-test")).toBe(3000);
    expect(other.count("span-of-test")).toBe(3000);
    expect(good.received[0]?.path).toBe("/v1/traces");
    expect(good.received[0]?.headers).toMatchObject({ "x-night": "1", authorization: "Bearer night" });
    expect(good.received[0]?.headers["dd-api-key"]).toBeUndefined();
    expect(other.received[0]?.headers).toMatchObject({ "dd-api-key": "dog", "content-encoding": "gzip" });
    expect(other.received[0]?.headers["authorization"]).toBeUndefined();
    const lost = Object.values(pipeline.losses()).map(({ exportFailed }) => exportFailed);
    expect(lost).toEqual([0, 0, 3000, 3000]);
  });

  it("of one address are told apart", async () => {
    const collector = await start();
    const { pipeline } = open({ endpoint: collector.url, exporters: [{ url: `${collector.url}/other` }] });
    expect(Object.keys(pipeline.losses())).toEqual([collector.url, `${collector.url} (2)`]);
  });

  it("are named without what their addresses carry of a password", () => {
    const { pipeline } = open({ endpoint: "http://me:secret@localhost:1/v1/traces?key=secret" });
    expect(JSON.stringify(pipeline.losses())).not.toContain("secret");
  });
});

describe("after shutdown", () => {
  it("spans go nowhere and are not counted", async () => {
    const collector = await start();
    const { pipeline, tracer, lines } = open({ endpoint: collector.url, maxQueueSpans: 5 });
    await pipeline.shutdown();
    await pipeline.shutdown();
    endSpans(tracer, 100);
    await pipeline.forceFlush();
    expect(collector.received).toEqual([]);
    expect(pipeline.losses()[collector.url]).toEqual(LOST);
    expect(lines).toEqual([]);
  });
});

describe("spans that the application's sampler did not choose", () => {
  it("are not sent, and take no room", async () => {
    const exporter = new InMemoryExporter();
    const pipeline = new SpanPipeline({ endpoint: false, exporters: [exporter], maxQueueSpans: 5 }, {});
    pipelines.push(pipeline);
    const RECORD_ONLY = 1;
    const provider = new TracerProvider({
      spanProcessors: [pipeline],
      sampler: { shouldSample: () => ({ decision: RECORD_ONLY }), toString: () => "record" },
    });
    endSpans(provider.getTracer("test"), 100);
    await pipeline.forceFlush();
    expect(exporter.spans()).toEqual([]);
    expect(Object.values(pipeline.losses())).toEqual([LOST]);
  });
});

describe("the console", () => {
  it("gets a line for each span, masked as what is sent", async () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {});
    const { tracer } = open({ console: true, maskAttributes: ["llm.model_name"] });
    const span = tracer.startSpan("llm.chat", {}, ROOT_CONTEXT);
    span.setAttributes({ "llm.model_name": "gpt-4o", "llm.token_count.prompt": 9 });
    span.setStatus({ code: SpanStatusCode.ERROR, message: "broken\nat line 1" });
    span.end();
    const [[line]] = print.mock.calls as [[string]];
    print.mockRestore();
    expect(line).toMatch(/^✗ llm\.chat \d+\.\d ms __REDACTED__ 9→ tokens broken trace=[0-9a-f]{32}$/);
  });
});

describe("options that are undefined", () => {
  it("are those that are not given", () => {
    const options = { maxQueueSpans: undefined, sampling: { ratio: undefined, keepErrors: undefined } };
    expect(open(options as TracingOptions).pipeline.samplingCounts()).toMatchObject({ decidedEarly: 0 });
  });
});

describe("options that make no sense", () => {
  it.each([
    [{ endpoint: "ftp://x" }, TypeError],
    [{ exporters: [{ url: "no address" }] }, TypeError],
    [{ sampling: { ratio: 2 } }, RangeError],
    [{ sampling: { ratio: Number.NaN } }, RangeError],
  ])("%j", (options, error) => {
    expect(() => new SpanPipeline(options, {})).toThrow(error);
  });
});
