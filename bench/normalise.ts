/**
 * µs per span to read a wire span into the canonical one, and its previews, on the mix of the captures.
 * Run: npx tsx bench/normalise.ts
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { WireSpan } from "@nightowl/model/span/span";
import { decodeTraceJson } from "../packages/otlp/src/decode/json.ts";
import { captureFolders, FIXTURES } from "../packages/otlp/src/normalise/expectations.fixture.ts";
import { normaliseSpan } from "../packages/otlp/src/normalise/normalise.ts";
import { previewOf } from "../packages/otlp/src/normalise/preview.ts";

/** The best of many short runs: what the code costs, not what its neighbours on the machine do. */
const RUNS = 300;
const ROUNDS = 1;

function readSpans(isWanted: (dialect: string) => boolean): WireSpan[] {
  return captureFolders()
    .filter((folder) => isWanted(relative(FIXTURES, folder).split("/")[0] ?? ""))
    .flatMap((folder) => decodeTraceJson(readFileSync(join(folder, "request.json"))).spans);
}

function bestMicroseconds(spans: WireSpan[], work: (span: WireSpan) => number): number {
  let best = Infinity;
  let sink = 0;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) for (const span of spans) sink += work(span);
    best = Math.min(best, ((performance.now() - start) * 1000) / (ROUNDS * spans.length));
  }
  if (sink === -1) throw new Error("unreachable: keeps the work from being optimised away");
  return best;
}

function measure(name: string, spans: WireSpan[]): void {
  const alone = bestMicroseconds(
    spans,
    (span) => normaliseSpan(span, { project: "bench" }).claimedKeys.length,
  );
  const both = bestMicroseconds(
    spans,
    (span) => previewOf(normaliseSpan(span, { project: "bench" })).inputPreview.length,
  );
  const attributes = spans.reduce((sum, span) => sum + Object.keys(span.attributes).length, 0) / spans.length;
  console.log(
    `${name.padEnd(32)} ${String(spans.length).padStart(4)} spans of ${attributes.toFixed(0)} attributes: ` +
      `${alone.toFixed(1)} µs a span, with previews ${both.toFixed(1)} µs`,
  );
}

const isRead = (dialect: string) => /^(openinference|otel-genai)/.test(dialect);
measure("OpenInference and GenAI", readSpans(isRead));
measure(
  "flattened keys and gen_ai twice",
  readSpans((dialect) => dialect === "openinference-vercel"),
);
measure(
  "every capture",
  readSpans(() => true),
);
