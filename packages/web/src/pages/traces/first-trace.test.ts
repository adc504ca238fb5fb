import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoLine, firstTraceLines } from "./first-trace.ts";

const run = promisify(execFile);
const received: { request: IncomingMessage; body: Buffer }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ request, body: Buffer.concat(chunks) });
    response.end();
  });
});
let origin = "";
let folder = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // In there the packages are found, and nobody looks for sources.
  folder = await mkdtemp(join(import.meta.dirname, "../../../../../node_modules/.first-trace-"));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function lines(language: string, project: string): string {
  const found = firstTraceLines(origin, project).find(({ id }) => id === language);
  if (found === undefined) throw new Error(`no lines for ${language}`);
  return found.code;
}

describe("the lines of the empty page", () => {
  test("curl sends one LLM span whose ids and times are well formed", async () => {
    // curl itself is replaced: the test is of the shell text and of the body.
    const script = `curl() { printf '%s\\n' "$@" >&2; cat; }\n${lines("curl", "it's mine")}`;
    const { stdout, stderr } = await run("sh", ["-c", script]);
    expect(stderr.split("\n")).toEqual([
      `${origin}/v1/traces`,
      "-H",
      "content-type: application/json",
      "-H",
      "x-project-name: it's mine",
      "-d",
      "@-",
      "",
    ]);
    const span = JSON.parse(stdout).resourceSpans[0].scopeSpans[0].spans[0];
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)).toBe(840_000_000n);
    expect(span.attributes).toContainEqual({ key: "llm.model_name", value: { stringValue: "gpt-4o-mini" } });
    expect(span.attributes).toContainEqual({ key: "llm.token_count.prompt", value: { intValue: 12 } });
  });

  test("the Node program runs as it stands and sends protobuf to the project", async () => {
    received.length = 0;
    const file = join(folder, "first-trace.mjs");
    await writeFile(file, lines("node", "support-bot"));
    await run(process.execPath, [file]);
    expect(received).toHaveLength(1);
    const [{ request, body }] = received as [(typeof received)[number]];
    expect(request.url).toBe("/v1/traces");
    expect(request.headers["content-type"]).toBe("application/x-protobuf");
    expect(request.headers["x-project-name"]).toBe("support-bot");
    expect(body.includes("The great grey owl")).toBe(true);
  });

  test("the default project needs no header", () => {
    for (const { code } of firstTraceLines(origin, "default")) expect(code).not.toContain("x-project-name");
  });
});

test("the demo's line names the server where it is not the usual one", () => {
  expect(demoLine("http://127.0.0.1:6006")).toBe("npx nightowl demo");
  expect(demoLine("http://localhost:6006")).toBe("npx nightowl demo");
  expect(demoLine("http://127.0.0.1:7000")).toBe("npx nightowl demo --url http://127.0.0.1:7000");
});
