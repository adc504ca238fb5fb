import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { browser, openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

openPage({ height: 1000 });

const WARM = "Boots tried on indoors count as unused.";
const HUB = "Welcome to the shop for everything outdoors.";

const id = (n: number, digits: number) => n.toString(16).padStart(digits, "0");

/** A question that is looked up with some scores, or in vain, and answered. */
function asked(n: number, query: string, found: readonly [text: string, score: number][], answer: string) {
  const traceId = id(0xd0000 + n, 32);
  const documents = found.flatMap(([text, score], index) => [
    [`retrieval.documents.${index}.document.id`, text.slice(0, 7).toLowerCase()],
    [`retrieval.documents.${index}.document.content`, text],
    [`retrieval.documents.${index}.document.score`, score],
  ]);
  return [
    wireSpan({
      traceId,
      spanId: id(n * 16 + 1, 16),
      name: "vectors",
      attributes: {
        "openinference.span.kind": "RETRIEVER",
        "input.value": query,
        ...Object.fromEntries(documents),
      },
    }),
    wireSpan({
      traceId,
      spanId: id(n * 16 + 2, 16),
      parentSpanId: id(n * 16 + 1, 16),
      name: "answer",
      attributes: {
        "openinference.span.kind": "LLM",
        "user.id": n === 1 ? "ann" : "bob",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": answer,
      },
    }),
  ];
}

beforeAll(async () => {
  const spans = [
    ...asked(1, "boots returned?", [[WARM, 0.9], [HUB, 0.55]], `They say: ${WARM}`),
    ...asked(2, "is fuel shipped?", [[HUB, 0.15]], "I could not find anything about that."),
    ...asked(3, "tents for winter", [], "I could not find anything about that."),
  ]; // prettier-ignore
  await postTraces(server.url, encodeTraceProtobuf(spans), "application/x-protobuf", "shop");
});

const open = (path = "") => page.goto(`${server.url}/projects/shop/retrieval${path}`);
const region = (name: string) => page.locator(`section[aria-label="${name}"]`);

describe("the Retrieval page", () => {
  test("counts what searches found and what found nothing", async () => {
    await open();
    const totals = region("Totals");
    await totals.getByText("found 3 times").waitFor();
    const text = (await totals.textContent()) ?? "";
    for (const figure of ["Searches3", "Found nothing1", "Documents2", "Never used1", "Used33 %"])
      expect(text).toContain(figure);
    const found = region("Documents found").getByRole("img");
    expect(await found.getAttribute("aria-label")).toBe("Searches by documents found: 0: 1, 1: 1, 2: 1");
    const line = region("Retrievers").locator("tbody tr");
    expect(await line.textContent()).toMatch(/^ vectors333 %–11\.00 s/);
  });

  test("has the weakest query first, which leads to its search", async () => {
    const rows = region("Queries").locator("[data-row]");
    await rows.first().waitFor();
    expect(await rows.allTextContents()).toEqual([
      expect.stringMatching(/^0\.15is fuel shipped\?.*1 document, none used/),
      expect.stringMatching(/^0\.90boots returned\?.*2 documents, 1 used/),
    ]);
    await page.selectOption('[aria-label="Which queries"]', "empty");
    await page.waitForURL(/queries=empty/);
    await region("Queries").getByText("tents for winter").waitFor();
    await page.selectOption('[aria-label="Which queries"]', "worst");
    await rows.first().click();
    await page.waitForURL(/\/traces\/.*tab=documents/);
    await page.getByRole("tabpanel").getByText("Welcome to the").waitFor();
    await page.getByRole("link", { name: "In all traces" }).click();
    await page.getByRole("dialog").getByText("2 times").waitFor();
  });

  test("opens a document that nobody used, by the keyboard, with the searches that found it", async () => {
    await open();
    await region("Documents").locator("[data-row]").first().waitFor();
    await region("Queries").locator("[data-row]").first().waitFor();
    for (let step = 0; step < 3; step++) await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/document=[0-9a-f]{16}/);
    const dialog = page.getByRole("dialog");
    await dialog.getByText(HUB).waitFor();
    expect(await dialog.textContent()).toContain("0 % (0 of 2)");
    expect(await dialog.locator("li").allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/is fuel shipped\?#10\.15/),
        expect.stringMatching(/boots returned\?#20\.55/),
      ]),
    );
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(page.url()).not.toContain("document=");
  });

  test("is about the traces of its filter, and says where there are none", async () => {
    await open();
    await region("Totals").getByText("found 3 times").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("user:ann");
    await page.keyboard.press("Enter");
    await page.waitForURL(/filter=user:ann/);
    await region("Totals").getByText("found 2 times").waitFor();
    await open("?filter=user:nobody");
    await page.getByText("No searches here").waitFor();
  });

  test("says how to judge documents, and how good their order is once they are", async () => {
    await open();
    await region("Relevance").getByText("/v1/document_annotations").waitFor();
    const judge = (position: number, score: number) => ({
      span_id: id(17, 16),
      document_position: position,
      name: "relevance",
      annotator_kind: "LLM",
      result: { score },
    });
    const response = await fetch(`${server.url}/v1/document_annotations?sync=true`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: [judge(0, 0), judge(1, 1)] }),
    });
    expect(response.status).toBe(200);
    await page.reload();
    const line = region("Relevance").locator("tbody tr");
    await line.waitFor();
    // Precision at 1, 3, 5, 10; nDCG at 3, 5, 10: 1 / log2(3); MRR 1/2.
    expect(await line.textContent()).toBe(" vectors10.000.330.200.100.630.630.630.50");
  });

  test("says what went wrong, and asks again", async () => {
    await page.route(/\/api\/projects\/shop\/retrieval(\?|$)/, (route) =>
      route.fulfill({
        status: 500,
        json: { error: { code: "internal", message: "The server failed to answer." } },
      }),
    );
    await open("?filter=user:bob");
    await page.getByText("The searches could not be counted").waitFor();
    await page.getByText("The server failed to answer.").waitFor();
    await page.unrouteAll();
    await page.getByRole("button", { name: "Try again" }).click();
    await region("Totals").getByText("found 1 time").waitFor();
  });

  test("is free of accessibility faults that axe can find, light and dark, and fits a narrow window", async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1440, height: 1000 } });
    const checked = await context.newPage();
    try {
      for (const colorScheme of ["light", "dark"] as const) {
        await checked.emulateMedia({ colorScheme });
        await checked.goto(`${server.url}/projects/shop/retrieval`);
        await checked.locator('section[aria-label="Documents"] [data-row]').first().waitFor();
        await checked.evaluate(axe);
        const violations = await checked.evaluate(async () => {
          const run = (window as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }).axe;
          return (await run.run()).violations as { id: string; nodes: { html: string }[] }[];
        });
        expect(violations.map((each) => `${each.id}: ${each.nodes[0]?.html}`)).toEqual([]);
      }
      await checked.setViewportSize({ width: 420, height: 800 });
      const overflow = await checked.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    } finally {
      await context.close();
    }
  });
});
