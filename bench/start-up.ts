/**
 * Claim: time from starting the command to `/readyz` answering, with an empty data folder and with one that
 * holds spans already. Median of five.
 *
 *     npx tsx bench/start-up.ts
 */
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { removeDataDir, startNightowl } from "../tests/e2e/nightowl-process.ts";
import { llmTrace, median } from "./llm-spans.ts";

const emptyMs: number[] = [];
const fullMs: number[] = [];
for (let round = 0; round < 5; round++) {
  const began = performance.now();
  const server = await startNightowl();
  emptyMs.push(performance.now() - began);
  for (let request = 0; request < 20; request++) {
    await fetch(`${server.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: encodeTraceProtobuf(Array.from({ length: 50 }, () => llmTrace(10)).flat()),
    });
  }
  await server.stop();
  const again = performance.now();
  const second = await startNightowl({ dataDir: server.dataDir });
  fullMs.push(performance.now() - again);
  await second.stop();
  await removeDataDir(server.dataDir);
}
console.log(`start to ready, empty folder     ${median(emptyMs).toFixed(0)} ms`);
console.log(`start to ready, 10,000 spans     ${median(fullMs).toFixed(0)} ms`);
