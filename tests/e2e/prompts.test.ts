import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import type { WireSpan } from "@nightowl/model/span/span";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { browser, openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

openPage();

const DAY_MS = 86_400_000;
const OLD_RULE = "Answer from what you know and from the documents.";
const NEW_RULE = "Answer only from the documents, and cite each by its id.";
const QUESTIONS = [
  "How do I reset my password?",
  "Where is the invoice for March?",
  "Can two people share a seat",
  "Why was I charged twice?",
  "My export hangs at ninety per cent. What now?",
  "Is there a way to undo a merge?",
  "When does the trial end?",
  "Who can see the notes of a closed project?",
];
const id = (n: number, digits: number) => n.toString(16).padStart(digits, "0");

function messages(system: string, user: string): WireSpan["attributes"] {
  return {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o",
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": system,
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.content": user,
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "Done.",
  };
}

/** Two weeks of calls, five a day; the rule changes a week ago. */
function call(n: number): WireSpan {
  const isNew = n >= 35;
  const startMs = Date.now() - 14 * DAY_MS + 3_600_000 + n * (DAY_MS / 5);
  const system = `You are a careful support engineer for ${["Atlas", "Beacon", "Kiln"][n % 3]}.\n${isNew ? NEW_RULE : OLD_RULE}\nBe brief and be kind.`;
  const user = `${QUESTIONS[n % 8]} ${QUESTIONS[(n * 5 + (n >> 3) * 3) % 8]}`;
  return wireSpan({
    traceId: id(0xc0de00 + n, 32),
    spanId: id(0xc0de00 + n, 16),
    name: "chat gpt-4o",
    startTimeNs: `${startMs}000000`,
    endTimeNs: `${startMs + 900}000000`,
    attributes: {
      ...messages(system, user),
      "llm.invocation_parameters": JSON.stringify({ temperature: isNew ? 0.2 : 0.7 }),
      "llm.token_count.prompt": (isNew ? 1400 : 1000) + (n % 5),
      "llm.token_count.completion": 100 + (n % 9),
    },
  });
}

beforeAll(async () => {
  for (let n = 0; n < 70; n += 7)
    await postTraces(
      server.url,
      encodeTraceProtobuf([0, 1, 2, 3, 4, 5, 6].map((i) => call(n + i))),
      "application/x-protobuf",
      "support",
    );
});
async function openTemplate(): Promise<void> {
  await page.goto(`${server.url}/projects/support/prompts`);
  await page.getByRole("link", { name: /^You are a careful support engineer/ }).click();
  await page.getByRole("heading", { level: 1, name: /careful support engineer/ }).waitFor();
}
const diffLines = () => page.locator("[data-kind='removed'], [data-kind='added']");

describe("Prompts", () => {
  test("the rail leads to the templates that nobody declared", async () => {
    await page.goto(`${server.url}/projects/support/traces`);
    await page.getByRole("link", { name: "Prompts" }).click();
    await page.waitForURL("**/projects/support/prompts");
    const row = page.getByRole("row").filter({ hasText: "You are a careful support engineer" });
    await row.waitFor();
    expect(await row.textContent()).toContain("70");
    expect(await page.getByRole("region", { name: "Totals" }).textContent()).toMatch(/1\s*template/);
  });

  test("the latest version stands against the one before it, by words, with what it did", async () => {
    await openTemplate();
    await diffLines().first().waitFor();
    await expect
      .poll(async () =>
        (await diffLines().allTextContents()).map((text) => text.replace(/^\d*[−+]?(removed|added): /, "")),
      )
      .toEqual([OLD_RULE, NEW_RULE, "temperature 0.7", "temperature 0.2"]);
    expect(await page.locator("[data-kind='added'] b").first().textContent()).toBe("only");
    const metrics = page.getByRole("complementary", { name: "What the difference did" });
    await metrics.getByRole("row", { name: /Tokens in/ }).waitFor();
    expect(await metrics.getByRole("row", { name: /Tokens in/ }).textContent()).toContain("+40 %");
    await metrics.getByRole("row", { name: /Tokens in.*more than chance/ }).waitFor();
    await metrics.getByRole("row", { name: /Latency p50.*within chance/ }).waitFor();
    await metrics.getByRole("button", { name: /\{value\}/ }).waitFor();
    expect(await metrics.getByRole("button", { name: /\{value\}/ }).textContent()).toMatch(
      /Atlas|Beacon|Kiln/,
    );
  });

  test("last week against this week, side by side, all of it in the address", async () => {
    await openTemplate();
    await diffLines().first().waitFor();
    await page.keyboard.press("w");
    await page.waitForURL("**a=last-week&b=this-week**");
    await page.getByRole("columnheader", { name: "Last week" }).waitFor();
    await page.keyboard.press("s");
    await page.waitForURL("**view=side**");
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await page.locator("[data-layout='side']").waitFor();
    await expect.poll(async () => (await diffLines().allTextContents()).join("\n")).toContain(NEW_RULE);
    await page.goBack();
  });

  test("keyboard: [ goes back a version, x exchanges the sides", async () => {
    await openTemplate();
    await diffLines().first().waitFor();
    await page.keyboard.press("[");
    await page.waitForURL("**?b=**");
    await page.getByText("What it does").waitFor();
    await page.keyboard.press("]");
    await page.getByText("What it did").waitFor();
    await page.keyboard.press("x");
    await page.waitForURL("**a=v**");
    await expect.poll(() => page.locator("[data-kind='removed']").first().textContent()).toContain(NEW_RULE);
  });

  test("a model call tells its template and values, and leads to the comparison", async () => {
    const span = call(40);
    await page.goto(`${server.url}/projects/support/traces/${span.traceId}?span=${span.spanId}&tab=prompt`);
    await page.getByRole("term").filter({ hasText: "{value}" }).waitFor();
    await page.getByText("Beacon", { exact: true }).waitFor();
    await page.getByRole("link", { name: "the previous version" }).click();
    await page.waitForURL("**/prompts/**a=v**");
    await expect.poll(async () => (await diffLines().allTextContents()).join("\n")).toContain(OLD_RULE);
    await page.goBack();
    await page.getByRole("link", { name: "Traces of this version" }).click();
    await page.waitForURL("**/traces?**prompt_version**");
    await page.getByText("35 traces").first().waitFor();
  });

  test("an unknown template and a project without one say so", async () => {
    await page.goto(`${server.url}/projects/support/prompts/t0`);
    await page.getByText("No such prompt template").waitFor();
    await postTraces(
      server.url,
      encodeTraceProtobuf([
        wireSpan({
          traceId: id(0xfee, 32),
          spanId: id(1, 16),
          attributes: { "openinference.span.kind": "CHAIN" },
        }),
      ]),
      "application/x-protobuf",
      "chains",
    );
    await page.goto(`${server.url}/projects/chains/prompts`);
    await page.getByText(/No model calls/).waitFor();
  });

  test(
    "both pages are free of accessibility faults that axe can find, light and dark",
    { timeout: 120_000 },
    async () => {
      const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      // axe is put in past the page's own CSP, which would rightly stop it.
      const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1440, height: 900 } });
      const checked = await context.newPage();
      const faults = async () => {
        await checked.evaluate(axe);
        const violations = await checked.evaluate(async () => {
          const run = (window as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }).axe;
          return (await run.run()).violations as { id: string; nodes: { html: string }[] }[];
        });
        return violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`);
      };
      try {
        for (const colorScheme of ["light", "dark"] as const) {
          await checked.emulateMedia({ colorScheme });
          await checked.goto(`${server.url}/projects/support/prompts`);
          const link = checked.getByRole("link", { name: /^You are a careful support engineer/ });
          await link.waitFor();
          expect(await faults()).toEqual([]);
          await link.click();
          await checked
            .getByRole("row", { name: /Tokens in/ })
            .first()
            .waitFor();
          await checked.getByRole("button", { name: /\{value\}/ }).waitFor();
          expect(await faults()).toEqual([]);
        }
      } finally {
        await context.close();
      }
    },
  );
});

describe("Within a trace", () => {
  test("where the cached prefix broke, and what is new", async () => {
    const traceId = id(0xcac4e, 32);
    const ask = (n: number, clock: string, extra: WireSpan["attributes"]) =>
      wireSpan({
        traceId,
        spanId: id(n, 16),
        parentSpanId: id(1, 16),
        name: `llm ${n}`,
        startTimeNs: `17637000000${n}0000000`,
        endTimeNs: `17637000000${n}5000000`,
        attributes: { ...messages(`Be brief. It is ${clock}.`, "Why?"), ...extra },
      });
    await postTraces(
      server.url,
      encodeTraceProtobuf([
        wireSpan({
          traceId,
          spanId: id(1, 16),
          name: "agent",
          attributes: { "openinference.span.kind": "AGENT" },
        }),
        ask(2, "10:41", {}),
        ask(3, "10:42", {
          "llm.input_messages.2.message.role": "assistant",
          "llm.input_messages.2.message.content": "Done.",
          "llm.input_messages.3.message.role": "user",
          "llm.input_messages.3.message.content": "And then?",
          "llm.token_count.prompt": 2300,
          "llm.token_count.prompt_details.cache_read": 0,
        }),
      ]),
      "application/x-protobuf",
      "cache",
    );
    await page.goto(`${server.url}/projects/cache/traces/${traceId}?span=${id(3, 16)}&tab=messages`);
    const note = page.getByRole("note");
    await note.waitFor();
    const told = await note.textContent();
    expect(told).toContain("The cached prefix breaks here");
    expect(told).toContain("system message");
    expect(told).toContain("0 of 2,300 input tokens");
    await page.getByText(/new since the previous call, and another system prompt/).waitFor();
  });
});
