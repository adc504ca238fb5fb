/**
 * µs per span to read a wire span into the canonical one, and its previews, on the mix of the captures. The code is
 * bundled first, as it is shipped: a loader that compiles modules on the way makes it some 5 % slower.
 * Run: npx tsx bench/normalise.ts
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { WireSpan } from "@nightowl/model/span/span";
import { rolldown } from "rolldown";
import type * as Decode from "../packages/otlp/src/decode/json.ts";
import { captureFolders, FIXTURES } from "../packages/otlp/src/normalise/expectations.fixture.ts";
import type * as Normalise from "../packages/otlp/src/normalise/normalise.ts";
import type * as Preview from "../packages/otlp/src/normalise/preview.ts";

/** Each capture at its best of many rounds: what the code costs, not what its neighbours on the machine do. */
const ROUNDS = 150;

/**
 * In turn, each capture is read once after all the others, so that the processor has the code of other dialects at hand:
 * the dearest mix there is. In a row it is read again at once, as with a service, whose spans of one kind come one after
 * the other.
 */
const IN_A_ROW = { rounds: 40, reads: 4 };

const { normaliseSpan, previewOf, decodeTraceJson } = await importBundled();

async function importBundled(): Promise<typeof Normalise & typeof Preview & typeof Decode> {
  const source = join(import.meta.dirname, "../packages/otlp/src");
  const folder = mkdtempSync(join(tmpdir(), "nightowl-bench-"));
  try {
    const bundle = await rolldown({
      input: ["normalise/normalise.ts", "normalise/preview.ts", "decode/json.ts"].map((file) =>
        join(source, file),
      ),
      platform: "node",
    });
    // The loader that runs this file leaves such names alone.
    const names = { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" };
    const { output } = await bundle.write({ dir: folder, format: "esm", ...names });
    await bundle.close();
    const entries = output.filter((chunk) => chunk.type === "chunk" && chunk.isEntry);
    const modules = entries.map(({ fileName }) => import(pathToFileURL(join(folder, fileName)).href));
    return Object.assign({}, ...(await Promise.all(modules))) as typeof Normalise &
      typeof Preview &
      typeof Decode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The spans of each capture, by itself. */
function readCaptures(isWanted: (dialect: string) => boolean): WireSpan[][] {
  return captureFolders()
    .filter((folder) => isWanted(relative(FIXTURES, folder).split("/")[0] ?? ""))
    .map((folder) => decodeTraceJson(readFileSync(join(folder, "request.json"))).spans);
}

function inTurn(captures: WireSpan[][], work: (span: WireSpan) => number): number {
  return microsecondsASpan(captures, work, ROUNDS, 1);
}

function inARow(captures: WireSpan[][], work: (span: WireSpan) => number): number {
  return microsecondsASpan(captures, work, IN_A_ROW.rounds, IN_A_ROW.reads);
}

function microsecondsASpan(
  captures: WireSpan[][],
  work: (span: WireSpan) => number,
  rounds: number,
  reads: number,
): number {
  const best = captures.map(() => Infinity);
  let sink = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [index, spans] of captures.entries()) {
      for (let read = 0; read < reads; read++) {
        const start = performance.now();
        for (const span of spans) sink += work(span);
        best[index] = Math.min(best[index] ?? Infinity, performance.now() - start);
      }
    }
  }
  if (sink === -1) throw new Error("unreachable: keeps the work from being optimised away");
  return (best.reduce((sum, ms) => sum + ms, 0) * 1000) / captures.flat().length;
}

function report(name: string, captures: WireSpan[][]): void {
  const alone = (span: WireSpan) => normaliseSpan(span, { project: "bench" }).claimedKeys.length;
  const both = (span: WireSpan) => previewOf(normaliseSpan(span, { project: "bench" })).inputPreview.length;
  const spans = captures.flat();
  const attributes = spans.reduce((sum, span) => sum + Object.keys(span.attributes).length, 0) / spans.length;
  console.log(
    `${name}: ${spans.length} spans of ${attributes.toFixed(0)} attributes, in ${captures.length} captures`,
  );
  console.log(`  in turn    ${told(inTurn(captures, alone))}, with previews ${told(inTurn(captures, both))}`);
  console.log(`  in a row   ${told(inARow(captures, alone))}, with previews ${told(inARow(captures, both))}`);
}

const told = (microseconds: number) => `${microseconds.toFixed(1)} µs a span`;

const isRead = (dialect: string) => /^(openinference|otel-genai)/.test(dialect);
report("OpenInference and GenAI", readCaptures(isRead));
report(
  "flattened keys and gen_ai twice",
  readCaptures((dialect) => dialect === "openinference-vercel"),
);
report(
  "every capture",
  readCaptures(() => true),
);
