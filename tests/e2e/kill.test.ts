import { afterAll, expect, test } from "vitest";
import type { WireSpan } from "@nightowl/model/span/span";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { removeDataDir, startNightowl, type NightowlProcess } from "./nightowl-process.ts";
import { wireSpan } from "./wire-span.ts";

const ROUNDS = 10;
const SPANS_PER_REQUEST = 50;
// Fixed, because a span that is sent again is the same span, times and all.
const START_MS = Date.now() - 1000;
let dataDir: string | undefined;
let server: NightowlProcess | undefined;

afterAll(async () => {
  await server?.kill();
  if (dataDir) await removeDataDir(dataDir);
});

function request(round: number, n: number): { ids: string[]; body: Uint8Array<ArrayBuffer> } {
  const traceId = `${(round + 1).toString(16).padStart(4, "0")}${(n + 1).toString(16).padStart(28, "0")}`;
  const spans: WireSpan[] = Array.from({ length: SPANS_PER_REQUEST }, (_, i) =>
    wireSpan({
      traceId,
      spanId: (i + 1).toString(16).padStart(16, "0"),
      parentSpanId: i === 0 ? "" : (1).toString(16).padStart(16, "0"),
      name: `span-${i}`,
      startTimeNs: `${START_MS}000000`,
      endTimeNs: `${START_MS + 500}000000`,
      attributes: {
        "input.value": `question ${round}/${n}/${i}`,
        "openinference.span.kind": i % 2 ? "LLM" : "CHAIN",
      },
    }),
  );
  return { ids: spans.map((s) => `${s.traceId}:${s.spanId}`), body: encodeTraceProtobuf(spans) };
}

/** Four exporters at once, each sending its next batch as soon as the last is acknowledged, and again when it was not. */
async function exportUntilKilled(url: string, round: number, acknowledged: Set<string>, sent: { n: number }) {
  const exporter = async () => {
    for (;;) {
      const { ids, body } = request(round, sent.n++);
      try {
        const response = await fetch(`${url}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/x-protobuf" },
          body,
        });
        await response.arrayBuffer();
        if (response.status === 200) for (const id of ids) acknowledged.add(id);
      } catch {
        return;
      }
    }
  };
  await Promise.all([exporter(), exporter(), exporter(), exporter()]);
}

/** Every span the store holds, walked through the public route page by page. */
async function storedSpanIds(url: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: "1000", ...(cursor ? { cursor } : {}) });
    const response = await fetch(`${url}/v1/projects/default/spans?${query}`);
    expect(response.status).toBe(200);
    const page = (await response.json()) as {
      data: { context: { trace_id: string; span_id: string } }[];
      next_cursor: string | null;
    };
    for (const span of page.data) ids.push(`${span.context.trace_id}:${span.context.span_id}`);
    cursor = page.next_cursor;
  } while (cursor);
  return ids;
}

test(
  "kill -9 in the middle of a steady export, ten times: what was acknowledged is there, once",
  { timeout: 300_000 },
  async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      server = await startNightowl(dataDir ? { dataDir } : {});
      dataDir = server.dataDir;
      const before = acknowledged.size;
      const running = exportUntilKilled(server.url, round, acknowledged, { n: 0 });
      while (acknowledged.size < before + 20 * SPANS_PER_REQUEST)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await server.kill();
      await running;
    }
    server = await startNightowl({ dataDir: dataDir as string });
    // An exporter that got no answer sends again: the last round's batches once more, whatever became of them.
    for (let n = 0; n < 5; n++) {
      const { ids, body } = request(ROUNDS - 1, n);
      const response = await fetch(`${server.url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body,
      });
      expect(response.status).toBe(200);
      for (const id of ids) acknowledged.add(id);
    }
    const stored = await storedSpanIds(server.url);
    const unique = new Set(stored);
    expect(stored.length).toBe(unique.size);
    expect([...acknowledged].filter((id) => !unique.has(id))).toEqual([]);

    // The totals that pages show agree with the spans that are there.
    const traces = new Set([...unique].map((id) => id.slice(0, 32)));
    const stats = (await (await fetch(`${server.url}/api/projects/default/traces/stats`)).json()) as {
      traceCount: number;
      spanCount: number;
    };
    expect(stats).toMatchObject({ traceCount: traces.size, spanCount: unique.size });
  },
);
