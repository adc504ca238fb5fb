import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SDK_DIST } from "../scripts/build-stamp.ts";
import { packageBin } from "../scripts/run-step.ts";
import { ROOT } from "../scripts/source-files.ts";
import { Collector } from "../packages/sdk/src/testing/collector.ts";

/** The SDK as it is built, in processes of their own, as an application has it. */
const folder = mkdtempSync(join(tmpdir(), "nightowl-sdk-"));
let collector: Collector;

beforeAll(async () => {
  if (!existsSync(SDK_DIST)) throw new Error("the SDK is not built; npm run build");
  mkdirSync(join(folder, "node_modules/@nightowl"), { recursive: true });
  symlinkSync(join(ROOT, "packages/sdk"), join(folder, "node_modules/@nightowl/sdk"));
  collector = await Collector.start();
});
beforeEach(() => {
  collector.received.length = 0;
  collector.answer = (_request, response) => void response.end();
});
afterAll(async () => {
  await collector.close();
  rmSync(folder, { recursive: true });
});

async function run(
  name: string,
  script: string,
  env: Record<string, string> = {},
  flags: string[] = [],
): Promise<{ stdout: string; stderr: string }> {
  const path = join(folder, name);
  writeFileSync(path, script);
  const { PATH = "" } = process.env;
  return promisify(execFile)(process.execPath, [...flags, path], {
    cwd: folder,
    env: { PATH, NIGHTOWL_ENDPOINT: collector.url, ...env },
  });
}

describe("a script that makes a span and ends", () => {
  const SCRIPT = `
    import { chainSpan, initTracing } from "@nightowl/sdk";
    const tracing = initTracing({ exportTimeoutMs: 600_000 });
    chainSpan("span-of-script", 1, () => {});
    process.on("exit", () => console.log(JSON.stringify(tracing.stats().losses)));
  `;

  it("has it delivered, without a word about shutdown, and says nothing", async () => {
    const { stdout, stderr } = await run("ends.mjs", SCRIPT);
    expect(collector.count("span-of-script")).toBe(1);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ [collector.url]: { queueFull: 0, exportFailed: 0, rejected: 0 } });
  });

  it("has it delivered by a shutdown at its end", async () => {
    await run("shutdown.mjs", `${SCRIPT}\nawait tracing.shutdown();`);
    expect(collector.count("span-of-script")).toBe(1);
  });

  // Each would wait for minutes if it waited for its destination.
  it.each<[string, Collector["answer"] | "dead", string]>([
    ["nobody listens", "dead", "ECONNREFUSED"],
    ["the server hangs", () => {}, "did not answer in time"],
    [
      "the server says to come back later",
      (_r, response) => void response.writeHead(429, { "retry-after": "300" }).end(),
      "429",
    ],
  ])("ends by itself when %s, with one line about it", async (_what, answer, reason) => {
    const url = answer === "dead" ? await Collector.closedUrl() : collector.url;
    if (answer !== "dead") collector.answer = answer;
    const { stdout, stderr } = await run("ends.mjs", SCRIPT, { NIGHTOWL_ENDPOINT: url });
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(`^nightowl: 1 span was not sent to ${url}: .*${reason}`),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ [url]: { exportFailed: 1 } });
  });

  it("has a span also of a stream that nobody reads, once that is garbage", async () => {
    const script = `
      import { setTimeout as delay } from "node:timers/promises";
      import { initTracing, llmSpan } from "@nightowl/sdk";
      initTracing();
      for (const name of ["generator", "iterable", "web"]) {
        await llmSpan({ model: "m", name: "unread-" + name }, async () => ({
          generator: (async function* () { yield "x"; })(),
          iterable: { [Symbol.asyncIterator]: () => [].values() },
          web: new ReadableStream(),
        })[name]);
      }
      const read = await llmSpan({ model: "m", name: "unread-yet" }, async () => ({
        async *[Symbol.asyncIterator]() { for (let n = 0; n < 30; n++) { gc(); await delay(10); yield "piece"; } },
      }));
      let count = 0;
      for await (const piece of read) count++;
      console.log(count);
    `;
    const { stdout } = await run("unread.mjs", script, {}, ["--expose-gc"]);
    expect(stdout.trim()).toBe("30");
    for (const name of ["generator", "iterable", "web", "yet"])
      expect(collector.count(`unread-${name}`)).toBe(1);
    expect(collector.count("piece".repeat(30))).toBeGreaterThan(0);
  });

  it("ends by itself also while a request waits for its next attempt", async () => {
    collector.answer = (_request, response) => void response.writeHead(503, { "retry-after": "300" }).end();
    const waits = `${SCRIPT}\nawait new Promise((resolve) => setTimeout(resolve, 1500));`;
    const { stdout } = await run("waits.mjs", waits);
    expect(JSON.parse(stdout)).toMatchObject({ [collector.url]: { exportFailed: 1 } });
  });
});

describe("the package", () => {
  it("is loaded by CommonJS", async () => {
    const { stderr } = await run(
      "app.cjs",
      `const { chainSpan } = require("@nightowl/sdk");
       const { InMemoryExporter } = require("@nightowl/sdk/testing");
       new InMemoryExporter();
       chainSpan("span-of-script", 1, () => {});`,
    );
    expect(collector.count("span-of-script")).toBe(1);
    expect(stderr).toBe("");
  });

  it("is one in a process that loads it both ways", async () => {
    const { stdout } = await run(
      "both.mjs",
      `import { createRequire } from "node:module";
       import * as esm from "@nightowl/sdk";
       const cjs = createRequire(import.meta.url)("@nightowl/sdk");
       const tracing = esm.initTracing();
       esm.chainSpan("outer-of-esm", 1, () => cjs.chainSpan("inner-of-cjs", 1, (span) => {
         console.log(cjs.currentTraceId() === esm.currentTraceId(), cjs.initTracing() === tracing, cjs.chainSpan !== esm.chainSpan);
       }));`,
    );
    expect(stdout.trim()).toBe("true true true");
    expect(collector.count("outer-of-esm")).toBe(1);
    expect(collector.count("inner-of-cjs")).toBe(1);
  });

  it("needs nothing but what it names: no framework, no model client", () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "packages/sdk/package.json"), "utf8")) as {
      dependencies: object;
    };
    const allowed = new Set([...Object.keys(dependencies), ...builtinModules.map((name) => `node:${name}`)]);
    for (const format of ["esm", "cjs"]) {
      const files = readdirSync(join(SDK_DIST, format)).filter((name) => name.endsWith(".js"));
      const imported = files.flatMap((name) =>
        [
          ...readFileSync(join(SDK_DIST, format, name), "utf8").matchAll(
            /(?:from|require\() ?"([^."][^"]*)"/g,
          ),
        ].map(([, id]) => id!),
      );
      expect(imported.length).toBeGreaterThan(10);
      expect(imported.filter((id) => !allowed.has(id))).toEqual([]);
    }
  });

  it.each(["mts", "cts"])("has types that a strict .%s application compiles with", async (extension) => {
    const app = `
      import { type Span } from "@opentelemetry/api";
      import { agentSpan, expressTracing, fastifyTracing, honoTracing, initTracing, llmSpan, observe, retrievalSpan, toolSpan, traceFetchHandler, traceRequestListener, withUser, type RetrievedDocument, type TracingOptions } from "@nightowl/sdk";
      import { InMemoryExporter, initTestTracing } from "@nightowl/sdk/testing";
      import { createServer } from "node:http";
      const options: TracingOptions = { serviceName: "app", sampling: { ratio: 0.1 }, exporters: [new InMemoryExporter(), { url: "https://host" }], mask: (value, { key }) => (key === "x" ? undefined : value) };
      initTracing(options);
      export const text: Promise<string> = llmSpan({ model: "m", messages: [{ role: "user", content: "?" }], temperature: 0.2 }, async (span: Span) => span.spanContext().traceId);
      export const plain: number = toolSpan("t", {}, () => 7);
      export const documents: Promise<RetrievedDocument[]> = retrievalSpan("q", 3, async () => [{ id: 1, text: "x" }]);
      export const generator: AsyncGenerator<number> = agentSpan("g", async function* () { yield 1; });
      export const double: (n: number) => number = observe((n: number) => n * 2);
      export const user: string = withUser({ userId: "u" }, () => "x");
      export const handler: (request: Request) => Promise<Response> = traceFetchHandler(() => new Response());
      createServer(traceRequestListener((_request, response) => response.end()));
      export const middlewares = [expressTracing(), honoTracing(), fastifyTracing];
      export const { exporter } = initTestTracing();
      // @ts-expect-error a model is needed
      void llmSpan({}, () => 1);
    `;
    const file = join(folder, `app.${extension}`);
    writeFileSync(file, app);
    for (const name of ["@opentelemetry", "@types", "undici-types"]) {
      const link = join(folder, "node_modules", name);
      if (!existsSync(link)) symlinkSync(join(ROOT, "node_modules", name), link);
    }
    const flags = [
      "--strict",
      "--noEmit",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--exactOptionalPropertyTypes",
      "--noUncheckedIndexedAccess",
      "--skipLibCheck",
      "false",
      "--types",
      "node",
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [packageBin("typescript", "tsc"), ...flags, file],
      { cwd: folder },
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });
});
