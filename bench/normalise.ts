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

/** Each capture at its best of many runs through all of them: what the code costs, not what its neighbours on the machine do. */
const RUNS = 150;

/** The spans of each capture, by itself. */
function readCaptures(isWanted: (dialect: string) => boolean): WireSpan[][] {
  return captureFolders()
    .filter((folder) => isWanted(relative(FIXTURES, folder).split("/")[0] ?? ""))
    .map((folder) => decodeTraceJson(readFileSync(join(folder, "request.json"))).spans);
}

function bestMicroseconds(captures: WireSpan[][], work: (span: WireSpan) => number): number {
  const best = captures.map(() => Infinity);
  let sink = 0;
  for (let run = 0; run < RUNS; run++) {
    for (const [index, spans] of captures.entries()) {
      const start = performance.now();
      for (const span of spans) sink += work(span);
      best[index] = Math.min(best[index] ?? Infinity, performance.now() - start);
    }
  }
  if (sink === -1) throw new Error("unreachable: keeps the work from being optimised away");
  return (best.reduce((sum, ms) => sum + ms, 0) * 1000) / captures.flat().length;
}

function measure(name: string, captures: WireSpan[][]): void {
  const alone = bestMicroseconds(
    captures,
    (span) => normaliseSpan(span, { project: "bench" }).claimedKeys.length,
  );
  const both = bestMicroseconds(
    captures,
    (span) => previewOf(normaliseSpan(span, { project: "bench" })).inputPreview.length,
  );
  const spans = captures.flat();
  const attributes = spans.reduce((sum, span) => sum + Object.keys(span.attributes).length, 0) / spans.length;
  console.log(
    `${name.padEnd(32)} ${String(spans.length).padStart(4)} spans of ${attributes.toFixed(0)} attributes: ` +
      `${alone.toFixed(1)} µs a span, with previews ${both.toFixed(1)} µs`,
  );
}

const isRead = (dialect: string) => /^(openinference|otel-genai)/.test(dialect);
measure("OpenInference and GenAI", readCaptures(isRead));
measure(
  "flattened keys and gen_ai twice",
  readCaptures((dialect) => dialect === "openinference-vercel"),
);
measure(
  "every capture",
  readCaptures(() => true),
);
