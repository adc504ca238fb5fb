import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { WireSpan } from "@nightowl/model/span/span";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import {
  describeMessage,
  readExpectations,
  readLogsOf,
  type SpanExpectation,
} from "@nightowl/otlp/normalise/expectations.fixture";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { browser, openPage, server } from "./open-page.ts";
import { postLogs, postTraces } from "./send.ts";

/**
 * Every capture of the dialects on the page: the right tree, and of each model call the transcript, whole. What the table
 * beside the capture says is what is shown. `captures.test.ts` has the API, and all ways of sending.
 */
const STEP_MS = 60_000;
const captures = readExpectations();
const PROJECT = "captures";

openPage();

test.concurrent.each(captures)("$name is shown", { timeout: 300_000 }, async (capture) => {
  const json = readFileSync(capture.requestPath, "utf8");
  if (capture.logsPath !== undefined)
    await postLogs(server.url, readFileSync(capture.logsPath, "utf8"), "application/json", PROJECT);
  await postTraces(server.url, json, "application/json", PROJECT);
  const { spans } = decodeTraceJson(json);
  const page = await takePage();
  for (const traceId of new Set(spans.map((span) => span.traceId))) {
    const indexes = [...spans.keys()].filter((index) => spans[index]?.traceId === traceId);
    const calls = indexes.filter((index) => hasTranscript(capture.spans[index]));
    const addressOf = (index: number | undefined) =>
      `/projects/${PROJECT}/traces/${traceId}` +
      (index === undefined ? "" : `?span=${spans[index]?.spanId}&tab=messages`);
    await follow(page, addressOf(calls[0]));
    await expectTree(
      page,
      indexes.map((index) => ({ ...(spans[index] as WireSpan), ...nameOf(capture.spans[index]) })),
    );
    for (const index of calls) {
      if (index !== calls[0]) await follow(page, addressOf(index));
      const wire = spans[index] as WireSpan;
      const logs = readLogsOf(capture.logsPath, wire);
      const read = normaliseSpan(wire, { project: PROJECT, logs });
      await expectTranscript(page, capture.spans[index] as SpanExpectation, read);
    }
  }
  free.push(page);
});

const hasTranscript = (expected: SpanExpectation | undefined) =>
  expected?.kind === "LLM" && [...(expected.input ?? []), ...(expected.output ?? [])].length > 0;

const nameOf = (expected: SpanExpectation | undefined) =>
  expected?.displayName === undefined ? {} : { name: expected.displayName };

/** Pages that no test is using. One whose test failed does not come back. */
const free: Page[] = [];

async function takePage(): Promise<Page> {
  const page = free.pop();
  if (page) return page;
  const opened = await browser.newPage({ viewport: { width: 1440, height: 1000 }, reducedMotion: "reduce" });
  opened.setDefaultTimeout(STEP_MS);
  // Texts stand on the page as they were sent.
  await opened.addInitScript(() => localStorage.setItem("nightowl.transcript.mode", "raw"));
  await opened.goto(server.url);
  return opened;
}

/** Goes to an address within the page, as its links do: to load everything anew takes a browser twice as long. */
async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), path);
}

/** Each span is a row with its name, at the depth that its chain of parents gives, and there is no other row. */
async function expectTree(page: Page, spans: WireSpan[]): Promise<void> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const depth = (spanId: string): number => {
    const parent = byId.get(byId.get(spanId)?.parentSpanId ?? "");
    return parent ? depth(parent.spanId) + 1 : 1;
  };
  // The rows of the page before may still stand there.
  await page
    .locator(spans.map(({ spanId }) => `#row-${spanId}`).join())
    .first()
    .waitFor();
  const grid = page.getByRole("treegrid");
  const rows = await grid.evaluate(readRows, { count: spans.length, patienceMs: STEP_MS });
  expect(Number(await grid.getAttribute("aria-rowcount"))).toBe(spans.length + 1);
  const bySpanId = (a: { spanId: string }, b: { spanId: string }) => a.spanId.localeCompare(b.spanId);
  expect(rows.map(({ spanId, level }) => ({ spanId, level })).sort(bySpanId)).toEqual(
    spans.map(({ spanId }) => ({ spanId, level: depth(spanId) })).sort(bySpanId),
  );
  for (const { spanId, text } of rows) expect(text).toContain(byId.get(spanId)?.name);
}

/**
 * So many rows, or fewer where no more come. Those out of view are not in the document, so it scrolls on by a screen, and
 * from the end to the top again. Runs in the page.
 */
async function readRows(grid: Element, { count, patienceMs }: { count: number; patienceMs: number }) {
  const rows = new Map<string, { spanId: string; level: number; text: string }>();
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    for (const row of grid.querySelectorAll('[role="row"][aria-level]')) {
      const spanId = row.id.replace(/^row-/, "");
      rows.set(spanId, {
        spanId,
        level: Number(row.getAttribute("aria-level")),
        text: row.textContent ?? "",
      });
    }
    if (rows.size >= count || performance.now() > deadlineMs) return [...rows.values()];
    const isEnd = grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1;
    grid.scrollTop = isEnd ? 0 : grid.scrollTop + grid.clientHeight;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

interface ShownPart {
  /** Everything that stands on the part beside its texts. */
  label: string;
  /** Texts with their line breaks: of a text one, of a call its arguments, of a result what the tool gave back. */
  texts: string[];
}

interface ShownCard {
  label: string | null;
  parts: ShownPart[];
}

/** The transcript of a model call: the roles in order, and part by part what each said, thought, called and returned. */
async function expectTranscript(
  page: Page,
  expected: SpanExpectation,
  { inputMessages, outputMessages }: { inputMessages: Message[]; outputMessages: Message[] },
): Promise<void> {
  // The parts are those that the table speaks of.
  expect(inputMessages.map(describeMessage)).toEqual(expected.input ?? []);
  expect(outputMessages.map(describeMessage)).toEqual(expected.output ?? []);
  const wanted = [
    ...inputMessages.map((message) => ({ message, label: message.role })),
    ...outputMessages.map((message) => ({ message, label: `${message.role}, answer` })),
  ];
  await page.locator(`#row-${expected.spanId}[data-selected]`).waitFor();
  await page.getByRole("tab", { name: /^Messages/, selected: true }).waitFor();
  await page.getByRole("button", { name: "Unfold all" }).click();
  const panel = page.getByRole("tabpanel");
  const cards = panel.getByRole("article");
  await cards.nth(wanted.length - 1).waitFor();
  // Cards are made anew by that; the button says when they are.
  await page.getByRole("button", { name: "Fold all" }).waitFor();
  let shown: ShownCard[] | undefined;
  while (shown === undefined) shown = await panel.evaluate(readCards);
  expect(shown.map(({ label }) => label)).toEqual(wanted.map(({ label }) => label));
  for (const [index, { message }] of wanted.entries()) {
    const parts = shown[index]?.parts ?? [];
    expect(parts).toHaveLength(Math.max(1, message.parts.length));
    for (const [place, part] of message.parts.entries()) expectPart(parts[place] as ShownPart, part);
  }
  if (expected.responseModel)
    expect(await page.getByRole("region", { name: "Selected span" }).textContent()).toContain(
      expected.responseModel,
    );
}

/**
 * The cards of a transcript with the parts of their messages; undefined, and pressed, while a reasoning is folded or a text
 * is clipped. Runs in the page.
 */
function readCards(panel: Element): ShownCard[] | undefined {
  const folded = [...panel.querySelectorAll<HTMLButtonElement>("article button:enabled")].filter((button) =>
    button.getAttribute("aria-expanded") === "false"
      ? button.textContent?.startsWith("Reasoning")
      : button.textContent?.startsWith("Show all"),
  );
  for (const button of folded) button.click();
  if (folded.length > 0) return undefined;
  return [...panel.querySelectorAll("article")].map((card) => ({
    label: card.getAttribute("aria-label"),
    parts: [...card.querySelectorAll(":scope > header + div > *")].map((part) => {
      const texts = [...part.querySelectorAll("pre")].map((text) => text.textContent ?? "");
      const rest = part.cloneNode(true) as Element;
      for (const text of rest.querySelectorAll("pre")) text.remove();
      return { label: rest.textContent ?? "", texts };
    }),
  }));
}

function expectPart({ label, texts }: ShownPart, part: MessagePart): void {
  switch (part.type) {
    case "text":
      expect(texts).toEqual([part.text]);
      break;
    case "reasoning":
      // Some providers sign their reasoning and keep it to themselves.
      expect(texts).toEqual(part.text === "" ? [] : [part.text]);
      break;
    case "tool_call":
      expect(label).toContain(`${part.name}(`);
      expectValue(texts, part.arguments);
      break;
    case "tool_result":
      expectValue(texts, part.result);
      break;
    default:
      break;
  }
}

/**
 * A value as the page lays it out: JSON is indented, the fields of an object may be without its braces, and a text is as
 * it came unless it is JSON itself. Read back, it is the same value.
 */
function expectValue(texts: string[], value: unknown): void {
  const meant = openJson(value);
  if (texts.length === 0) {
    // The page says of these that nothing was there.
    expect(["", null, undefined, {}]).toContainEqual(meant);
    return;
  }
  const readings = texts.flatMap((text) => [
    text,
    ...[text, `{${text}}`].map((json) => openJson(onOneLine(json))),
  ]);
  expect(texts).toHaveLength(1);
  expect(readings).toContainEqual(meant);
}

/** JSON in which a string of several lines stands on several, indented below its own, as JSON again. */
function onOneLine(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/gs, (string, at: number) => {
    const line = json.slice(json.lastIndexOf("\n", at) + 1, at);
    const indent = `\n${/^ */.exec(line)?.[0] ?? ""}  `;
    return string.replaceAll(indent, "\\n").replaceAll("\t", "\\t");
  });
}

/** The value that a text is the JSON of; anything else as it is. */
function openJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
