/**
 * Claim: time to open a trace of 10, 1,000 and 50,000 spans: the API's whole answer read, and the page
 * from loading its address to its first waterfall row (assets cached by the browser).
 * The store holds 100,000 other spans. Median of ten.
 *
 *     npx tsx bench/open-trace.ts
 */
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { launchBrowser } from "../tests/e2e/chromium.ts";
import { removeDataDir, startNightowl } from "../tests/e2e/nightowl-process.ts";
import { llmTrace, median } from "./llm-spans.ts";

const SIZES = [10, 1000, 50_000];
const server = await startNightowl();
const browser = await launchBrowser();
try {
  const post = async (body: Uint8Array<ArrayBuffer>) => {
    const response = await fetch(`${server.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body,
    });
    if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`);
  };
  for (let i = 0; i < 100; i++)
    await post(encodeTraceProtobuf(Array.from({ length: 100 }, () => llmTrace(10)).flat()));
  for (const size of SIZES) {
    const spans = llmTrace(size, Date.now(), 400);
    for (let i = 0; i < spans.length; i += 5000) await post(encodeTraceProtobuf(spans.slice(i, i + 5000)));
    const traceId = spans[0]?.traceId as string;
    const path = `/api/projects/default/traces/${traceId}`;
    await (await fetch(`${server.url}${path}`)).text();
    const apiMs: number[] = [];
    let bytes = 0;
    for (let i = 0; i < 10; i++) {
      const began = performance.now();
      bytes = (await (await fetch(`${server.url}${path}`)).text()).length;
      apiMs.push(performance.now() - began);
    }
    const pageMs: number[] = [];
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    for (let i = 0; i < (size > 10_000 ? 5 : 10); i++) {
      const began = performance.now();
      await page.goto(`${server.url}/projects/default/traces/${traceId}`);
      await page.getByRole("treegrid").getByRole("row").nth(1).waitFor();
      pageMs.push(performance.now() - began);
    }
    await page.close();
    console.log(
      `${`${size} spans`.padEnd(14)} API ${median(apiMs).toFixed(1)} ms (${Math.round(bytes / 1024)} KB of JSON), page loaded to first row ${median(pageMs).toFixed(0)} ms`,
    );
  }
} finally {
  await browser.close();
  await server.stop();
  await removeDataDir(server.dataDir);
}
