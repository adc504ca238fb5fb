import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  Estimate,
  sendSyntheticRequests,
  sumOf,
} from "../packages/sdk/src/sampling/synthetic-requests.fixture.ts";
import { TailSampler } from "../packages/sdk/src/sampling/tail-sampler.ts";
import { SpanPipeline } from "../packages/sdk/src/span-pipeline.ts";

const REQUESTS = 100_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const SAMPLING = { ratio: 0.01, keepSlowerThanMs: 10_000 };

/** How near the weighted totals are to the truth, over several draws of the same traffic. */
async function estimates(): Promise<void> {
  console.log(`${REQUESTS} requests of 5 spans, 1 % failed, 1 % slow; ratio ${SAMPLING.ratio}`);
  console.log("seed  failed and slow kept whole  ordinary kept  requests   tokens     cost");
  for (const seed of SEEDS) {
    const estimate = new Estimate();
    const sampler = new TailSampler(estimate, SAMPLING);
    const requests = await sendSyntheticRequests(sampler, { count: REQUESTS, seed });
    const special = requests.filter(({ fate }) => fate !== "ordinary");
    const ordinary = requests.filter(({ fate }) => fate === "ordinary");
    const whole = special.filter(({ traceId }) => estimate.isWhole(traceId)).length;
    const kept = ordinary.filter(({ traceId }) => estimate.isWhole(traceId)).length;
    const truth = sumOf(requests);
    const off = (key: keyof typeof truth): string =>
      `${((estimate.totals[key] / truth[key] - 1) * 100).toFixed(1)} %`.padStart(8);
    console.log(
      `${String(seed).padStart(4)}  ${`${whole} of ${special.length}`.padStart(26)}  ` +
        `${`${((kept / ordinary.length) * 100).toFixed(2)} %`.padStart(13)}  ${off("requests")} ${off("tokens")} ${off("costUsd")}`,
    );
    await sampler.shutdown();
  }
  const standardError = Math.sqrt((1 - SAMPLING.ratio) / (SAMPLING.ratio * REQUESTS * 0.98));
  console.log(`standard error of the requests, by chance alone: ${(standardError * 100).toFixed(1)} %`);
}

/** Memory while the same traffic goes through everything the SDK has, to a server that takes it. */
async function memory(): Promise<void> {
  let receivedBytes = 0;
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => (receivedBytes += chunk.length)).on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const pipeline = new SpanPipeline({ endpoint: `http://127.0.0.1:${port}`, sampling: SAMPLING }, {});
  const mebibytes = (): number => Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  globalThis.gc?.();
  const [before, at] = [mebibytes(), [] as number[]];
  await sendSyntheticRequests(pipeline, {
    count: REQUESTS,
    seed: 1,
    onRequest: async (index) => {
      if (index % 200 === 0) await nextTurn();
      if (index % 10_000 !== 0) return;
      globalThis.gc?.();
      at.push(mebibytes());
    },
  });
  await pipeline.shutdown();
  server.close();
  console.log(`heap before: ${before} MiB; after each 10,000 requests: ${at.join(" ")} MiB`);
  console.log(
    `sent ${(receivedBytes / 2 ** 20).toFixed(1)} MiB; lost: ${JSON.stringify(Object.values(pipeline.losses())[0])}`,
  );
}

await estimates();
await memory();
