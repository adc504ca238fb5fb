import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SpanDetail } from "@nightowl/model/api/spans";
import { getSpan } from "@nightowl/model/api/spans";
import { createClient } from "@nightowl/model/client/create-client";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { decodeLogsJson } from "@nightowl/otlp/decode/logs-json";
import { encodeLogsProtobuf, encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import {
  describeSpan,
  readExpectations,
  type MessageExpectation,
  type SpanExpectation,
} from "@nightowl/otlp/normalise/expectations.fixture";
import { launchBrowser } from "./chromium.ts";
import { removeDataDir, startNightowl, type NightowlProcess } from "./nightowl-process.ts";
import { postLogs, postTraces, sendOverGrpc } from "./send.ts";

/**
 * Every capture of the dialects, sent as protobuf, as JSON and over gRPC: what the API answers is what the
 * table beside the capture says (log records joined to their spans). The page shows the right tree, and each model call its transcript.
 */
const TRANSPORTS = ["protobuf", "json", "grpc"] as const;
const captures = readExpectations();

let server: NightowlProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await startNightowl({ args: ["--log-level", "error"] });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 3200 } });
  await page.addInitScript(() => localStorage.setItem("nightowl.transcript.mode", "raw"));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  if (server) await removeDataDir(server.dataDir);
});

async function send(transport: (typeof TRANSPORTS)[number], json: string, project: string): Promise<void> {
  if (transport === "json") return postTraces(server.url, json, "application/json", project);
  const bytes = encodeTraceProtobuf(decodeTraceJson(json).spans);
  if (transport === "protobuf")
    return postTraces(server.otlpHttpUrl, bytes, "application/x-protobuf", project);
  return sendOverGrpc(server.grpcAddress, bytes, project);
}

async function sendLogs(
  transport: (typeof TRANSPORTS)[number],
  json: string,
  project: string,
): Promise<void> {
  if (transport === "json") return postLogs(server.url, json, "application/json", project);
  const bytes = encodeLogsProtobuf(decodeLogsJson(json).records);
  if (transport === "protobuf") return postLogs(server.otlpHttpUrl, bytes, "application/x-protobuf", project);
  return sendOverGrpc(server.grpcAddress, bytes, project, "logs");
}

describe.each(TRANSPORTS)("sent as %s", (transport) => {
  test.each(captures.map((capture, index) => [capture.name, capture, index] as const))(
    "%s is read, and shown",
    { timeout: 60_000 },
    async (name, capture, captureIndex) => {
      const json = readFileSync(capture.requestPath, "utf8");
      const project = `${transport} ${name}`;
      const logs = capture.logsPath === undefined ? undefined : readFileSync(capture.logsPath, "utf8");
      // Log records come before their spans, or after them.
      if (logs !== undefined && transport !== "protobuf") await sendLogs(transport, logs, project);
      await send(transport, json, project);
      if (logs !== undefined && transport === "protobuf") await sendLogs(transport, logs, project);
      const { spans } = decodeTraceJson(json);
      const client = createClient({ baseUrl: server.url });
      for (const [index, expected] of capture.spans.entries()) {
        const traceId = spans[index]?.traceId as string;
        const span = (await client.call(getSpan, {
          params: { project, traceId, spanId: expected.spanId },
          query: { full: true },
        })) as SpanDetail;
        // What a capture says is what dialects read; a price is the server's own addition.
        if (span.cost?.source === "computed") span.cost = { source: "unpriced" };
        expect(describeSpan(span)).toEqual(transport === "json" ? expected : withoutDuplicateKeys(expected));
        expect(span.attributes).toEqual(spans[index]?.attributes);
      }
      // The page shows what the API answers, however it was sent: each capture is looked at in one of the three.
      if (TRANSPORTS[captureIndex % TRANSPORTS.length] !== transport) return;
      const shown = spans.map((span, index) => ({
        ...span,
        name: capture.spans[index]?.displayName ?? span.name,
      }));
      for (const traceId of new Set(spans.map((span) => span.traceId))) {
        const ofTrace = shown.filter((span) => span.traceId === traceId);
        await page.goto(`${server.url}/projects/${encodeURIComponent(project)}/traces/${traceId}`);
        await expectTree(ofTrace);
        for (const [index, expected] of capture.spans.entries()) {
          if (spans[index]?.traceId !== traceId || expected.kind !== "LLM") continue;
          if (!expected.input?.length && !expected.output?.length) continue;
          await expectTranscript(expected);
        }
      }
    },
  );
});

/** Protobuf is written here from spans already decoded, in which a key that was sent twice stands once. */
function withoutDuplicateKeys(expected: SpanExpectation): SpanExpectation {
  const { notes, ...rest } = expected;
  const kept = notes?.filter((code) => code !== "duplicate_key") ?? [];
  return kept.length > 0 ? { ...rest, notes: kept } : rest;
}

/** Each span is a row, at the depth that its chain of parents gives. */
async function expectTree(spans: { spanId: string; parentSpanId: string; name: string }[]): Promise<void> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const depth = (spanId: string): number => {
    const parent = byId.get(byId.get(spanId)?.parentSpanId ?? "");
    return parent ? depth(parent.spanId) + 1 : 1;
  };
  const rows = page.getByRole("treegrid").locator('[role="row"][aria-level]');
  await rows.first().waitFor();
  const shown = await rows.evaluateAll((elements) =>
    elements.map((row) => ({
      spanId: row.id.replace(/^row-/, ""),
      level: Number(row.getAttribute("aria-level")),
      text: row.textContent ?? "",
    })),
  );
  const bySpanId = (a: { spanId: string }, b: { spanId: string }) => a.spanId.localeCompare(b.spanId);
  expect(shown.map(({ spanId, level }) => ({ spanId, level })).sort(bySpanId)).toEqual(
    spans.map(({ spanId }) => ({ spanId, level: depth(spanId) })).sort(bySpanId),
  );
  for (const row of shown) expect(row.text).toContain(byId.get(row.spanId)?.name);
}

/** The transcript of a model call: the roles in order, and what each said, called, thought and returned. */
async function expectTranscript(expected: SpanExpectation): Promise<void> {
  await page.locator(`#row-${expected.spanId}`).click();
  const panel = page.getByRole("tabpanel");
  await page.getByRole("tab", { name: /^Messages/ }).click();
  await page.getByRole("button", { name: "Unfold all" }).click();
  const cards = panel.getByRole("article");
  const wanted = [
    ...(expected.input ?? []).map((message) => ({ message, label: message.role })),
    ...(expected.output ?? []).map((message) => ({ message, label: `${message.role}, answer` })),
  ];
  await expect.poll(() => cards.count()).toBe(wanted.length);
  await panel
    .getByRole("button", { name: /^Show all/ })
    .evaluateAll((buttons) => buttons.forEach((button) => (button as HTMLElement).click()));
  const shown = await cards.evaluateAll((elements) =>
    elements.map((card) => ({ label: card.getAttribute("aria-label"), text: card.textContent ?? "" })),
  );
  expect(shown.map((card) => card.label)).toEqual(wanted.map(({ label }) => label));
  for (const [index, { message }] of wanted.entries()) {
    const text = squeeze(shown[index]?.text ?? "");
    for (const part of wantedTexts(message)) expect(text).toContain(squeeze(part));
  }
  if (expected.responseModel)
    expect(await page.getByRole("region", { name: "Selected span" }).textContent()).toContain(
      expected.responseModel,
    );
}

function wantedTexts(message: MessageExpectation): string[] {
  const calls = (message.toolCalls ?? []).flatMap((call) => [call.name, ...argumentTexts(call.arguments)]);
  const result = message.result === undefined ? [] : argumentTexts(message.result);
  // A message may have several texts, and something between them.
  const lines = [...(message.text ?? "").split("\n"), ...(message.reasoning ?? "").split("\n")];
  return [...lines, ...calls, ...result];
}

/** The keys and plain values of arguments, however the page lays them out. */
function argumentTexts(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [String(value)];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...argumentTexts(item),
  ]);
}

/** Without white space and quotes, and what stands for them in JSON. */
function squeeze(text: string): string {
  return text.replaceAll(/\\[nrt]|[\s"\\]+/g, "");
}
