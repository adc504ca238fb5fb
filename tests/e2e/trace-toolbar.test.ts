import { expect, test } from "vitest";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import type { WireSpan } from "@nightowl/model/span/span";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

/** The line over the waterfall where it has nothing to do, much to do, and little room. */
openPage();

const id = (n: number, digits: number) => n.toString(16).padStart(digits, "0");

/** A root, and below it so many functions of an application, of which each tenth is a call of a model. */
function trace(n: number, functions: number, attributesOf: (i: number) => WireSpan["attributes"]) {
  const traceId = id(0xf0000 + n, 32);
  const startMs = Date.now() - functions - 1000;
  return Array.from({ length: functions + 1 }, (_, i) =>
    wireSpan({
      traceId,
      spanId: id(i + 1, 16),
      parentSpanId: i === 0 ? "" : id(1, 16),
      name: i === 0 ? "request" : `step ${i}`,
      startTimeNs: `${startMs + i}000000`,
      endTimeNs: `${startMs + i + 5}000000`,
      attributes: attributesOf(i),
    }),
  );
}

async function open(spans: WireSpan[], search = ""): Promise<void> {
  await postTraces(server.url, encodeTraceProtobuf(spans), "application/x-protobuf", "toolbar");
  await page.goto(`${server.url}/projects/toolbar/traces/${spans[0]?.traceId}${search}`);
  await rows().first().waitFor();
}

const model = (i: number): WireSpan["attributes"] =>
  i > 0 && i % 10 === 0 ? { "openinference.span.kind": "LLM" } : {};
const aiButton = () => page.getByRole("button", { name: "AI spans only" });
const rows = () => page.getByRole("treegrid").locator('[role="row"][aria-level]');
const rowCount = async () => Number(await page.getByRole("treegrid").getAttribute("aria-rowcount")) - 1;

test("with nothing to hide there is no choice, and h does nothing", async () => {
  await open(trace(1, 0, model), "?only=ai");
  expect(await aiButton().count()).toBe(0);
  await page.keyboard.press("h");
  await page.keyboard.press("c");
  await page.waitForURL(/path=1/);
  expect(await rows().count()).toBe(1);
  await page.getByText("1 span in").waitFor();
});

test("a trace without anything of AI's keeps its root under h", async () => {
  await open(trace(2, 8, () => ({})));
  expect(await rowCount()).toBe(9);
  await page.keyboard.press("h");
  await page.getByText("1 of 9 spans").waitFor();
  expect(await rows().evaluateAll((all) => all.map((row) => row.id))).toEqual([`row-${id(1, 16)}`]);
  await page.keyboard.press("h");
  await page.getByText("9 spans in").waitFor();
});

test("h on 20,000 spans leaves the model calls, and brings all back", { timeout: 120_000 }, async () => {
  const spans = trace(3, 20_000, model);
  await open(spans);
  await page.getByText("20,001 spans in").waitFor();
  await page.keyboard.press("h");
  await page.getByText("2,001 of 20,001 spans").waitFor();
  expect(await rowCount()).toBe(2001);
  await rows().first().click();
  await page.keyboard.press("End");
  await page.locator(`#row-${id(20_001, 16)}[data-selected]`).waitFor();
  await page.keyboard.press("h");
  await page.getByText("20,001 spans in").waitFor();
  expect(await rowCount()).toBe(20_001);
  expect(await page.locator("[role=row][data-selected]").getAttribute("id")).toBe(`row-${id(20_001, 16)}`);
});

test("on a phone everything of it is in view, and works", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(trace(4, 30, model));
  const toolbar = page.getByRole("toolbar", { name: "Waterfall" });
  const controls = toolbar.locator("input, button");
  const sides = await controls.evaluateAll((all) =>
    all.map((each) => {
      const { left, right } = each.getBoundingClientRect();
      return { label: each.getAttribute("aria-label"), isInView: 0 <= left && left < right && right <= 390 };
    }),
  );
  expect(sides).toEqual(
    ["Find in trace", "AI spans only", "Critical path", "Fold the tree"].map((label) => ({
      label,
      isInView: true,
    })),
  );
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await aiButton().click();
  await page.getByText("4 of 31 spans").waitFor();
  await toolbar.getByRole("button", { name: "Critical path" }).click();
  await page.waitForURL(/path=1/);
  await toolbar.getByRole("button", { name: "Fold the tree" }).click();
  await page.getByRole("menuitem", { name: "Collapse everything" }).click();
  await expect.poll(rowCount).toBe(1);
  await toolbar.getByRole("textbox").fill("step 20");
  await toolbar.getByRole("status").filter({ hasText: "1 match" }).waitFor();
  await page.keyboard.press("Enter");
  await toolbar.getByRole("status").filter({ hasText: "1 of 1" }).waitFor();
});
