/**
 * Claim: spans acknowledged (decoded, normalised, written, fsynced) per second over OTLP/HTTP protobuf,
 * with 2 KB spans in requests of 500, from eight exporters that each wait for the answer; and the memory and the
 * processor time that it takes. The load comes from this process, on the same cores. Where others use the machine too, the
 * processor time is the figure to compare.
 *
 *     npx tsx bench/end-to-end.ts [--seconds=15] [--requests=400]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { removeDataDir, startNightowl } from "../tests/e2e/nightowl-process.ts";
import { llmTrace, quantile } from "./llm-spans.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "15" },
    requests: { type: "string", default: "400" },
  },
});
const SECONDS = Number(values.seconds);
const DISTINCT_REQUESTS = Number(values.requests);
const SPANS_PER_TRACE = 10;
const TRACES_PER_REQUEST = 50;
const EXPORTERS = 8;

function memoryMb(pid: number, field: "VmRSS" | "VmHWM"): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`${field}:\\s+(\\d+) kB`));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

const TICK_US = 10_000;

/** What the process, and its first thread of it, have used of the processor, in microseconds. */
function cpuUs(pid: number): { all: number; main: number } {
  const used = (path: string): number => {
    const stat = readFileSync(path, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  };
  return { all: used(`/proc/${pid}/stat`), main: used(`/proc/${pid}/task/${pid}/stat`) };
}

/** Encoded beforehand, so that the load costs little; every span is new. */
function requests(): { body: Uint8Array<ArrayBuffer>; spans: number }[] {
  return Array.from({ length: DISTINCT_REQUESTS }, () => {
    const spans = Array.from({ length: TRACES_PER_REQUEST }, () => llmTrace(SPANS_PER_TRACE)).flat();
    return { body: encodeTraceProtobuf(spans), spans: spans.length };
  });
}

const server = await startNightowl({ args: ["--log-level", "error"] });
try {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const restMb = memoryMb(server.pid, "VmRSS");
  const prepared = requests();
  const bytesPerSpan = Math.round((prepared[0]?.body.length ?? 0) / (prepared[0]?.spans ?? 1));
  const latenciesMs: number[] = [];
  let next = 0;
  let acknowledged = 0;
  let refused = 0;
  const before = cpuUs(server.pid);
  const started = performance.now();
  const deadline = started + SECONDS * 1000;
  const exporter = async () => {
    while (performance.now() < deadline && next < prepared.length) {
      const { body, spans } = prepared[next++] as { body: Uint8Array<ArrayBuffer>; spans: number };
      const sent = performance.now();
      const response = await fetch(`${server.url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body,
      });
      await response.arrayBuffer();
      latenciesMs.push(performance.now() - sent);
      if (response.status === 200) acknowledged += spans;
      else refused += spans;
    }
  };
  await Promise.all(Array.from({ length: EXPORTERS }, exporter));
  const elapsedS = (performance.now() - started) / 1000;
  const after = cpuUs(server.pid);
  const mainUs = (after.main - before.main) / acknowledged;
  const otherUs = (after.all - before.all) / acknowledged - mainUs;
  const loadMb = memoryMb(server.pid, "VmHWM");
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const afterMb = memoryMb(server.pid, "VmRSS");
  const stats = (await (await fetch(`${server.url}/api/projects/default/traces/stats`)).json()) as {
    spanCount: number;
  };
  console.log(
    `span size                     ${bytesPerSpan} bytes on the wire, ${SPANS_PER_TRACE} spans a trace`,
  );
  console.log(
    `acknowledged                  ${acknowledged} spans in ${elapsedS.toFixed(1)} s, ${refused} refused`,
  );
  console.log(`spans/s acknowledged          ${Math.round(acknowledged / elapsedS)}`);
  console.log(
    `request of ${SPANS_PER_TRACE * TRACES_PER_REQUEST} spans, ms      p50 ${quantile(latenciesMs, 0.5).toFixed(0)}, p99 ${quantile(latenciesMs, 0.99).toFixed(0)}`,
  );
  console.log(
    `processor time, µs a span     ${(mainUs + otherUs).toFixed(0)}: ${mainUs.toFixed(0)} in JavaScript's thread, ${otherUs.toFixed(0)} in the engine's and the runtime's`,
  );
  console.log(`counted afterwards            ${stats.spanCount} spans`);
  console.log(
    `memory, MB resident           ${restMb} at rest, ${loadMb} at most under load, ${afterMb} ten seconds after`,
  );
} finally {
  await server.stop();
  await removeDataDir(server.dataDir);
}
