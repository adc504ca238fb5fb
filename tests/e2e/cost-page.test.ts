import { beforeAll, describe, expect, test } from "vitest";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

openPage({ height: 1000 });

const id = (n: number, digits: number) => n.toString(16).padStart(digits, "0");

/** A call of 1,000,000 tokens in and 100,000 out. */
function call(n: number, model: string, userId: string) {
  return wireSpan({
    traceId: id(0xc0000 + n, 32),
    spanId: id(n, 16),
    name: `ask ${n}`,
    attributes: {
      "openinference.span.kind": "LLM",
      "llm.provider": "openai",
      "llm.model_name": model,
      "llm.token_count.prompt": 1_000_000,
      "llm.token_count.completion": 100_000,
      "llm.input_messages.0.message.role": "system",
      "llm.input_messages.0.message.content": "Answer kindly and in short sentences.",
      "llm.input_messages.1.message.role": "user",
      "llm.input_messages.1.message.content": "Where is my parcel, which was promised for Tuesday?",
      "user.id": userId,
    },
  });
}

beforeAll(async () => {
  const spans = [call(1, "gpt-4o", "ann"), call(2, "gpt-4o", "bob"), call(3, "house-llm", "bob")];
  await postTraces(server.url, encodeTraceProtobuf(spans), "application/x-protobuf", "pay");
});

const open = (path: string) => page.goto(`${server.url}/projects/pay${path}`);
const text = async (selector: string) => (await page.textContent(selector)) ?? "";

describe("the Cost page", () => {
  test("shows what was spent, by model, with what is unpriced beside it and not as $0", async () => {
    await open("/cost");
    await page.waitForSelector('section[aria-label="Cost by Model"] tbody a');
    // 2 × (1 × 2.50 + 0.1 × 10.00)
    expect(await text('section[aria-label="Totals"]')).toContain("$7.00");
    expect(await text('section[aria-label="Totals"]')).toContain("1 call");
    const rows = await page.locator('section[aria-label="Cost by Model"] tbody tr').allTextContents();
    expect(rows[0]).toMatch(/^gpt-4o\$7\.00/);
    expect(rows[1]).toMatch(/^house-llmunpriced/);
    expect(await text('section[aria-label="Cost over time"] ul')).toBe("gpt-4o$7.00");
    expect(await text('section[aria-label="What it was paid for"]')).toContain("User's text");
  });

  test("is divided by something else in the address, and sorts", async () => {
    await page.selectOption("select", "user");
    await page.waitForURL(/by=user/);
    await page.waitForSelector('section[aria-label="Cost by User"] tbody a');
    await page.click('section[aria-label="Cost by User"] thead button:has-text("Calls")');
    await page.waitForURL(/sortBy=count/);
    const first = page.locator('section[aria-label="Cost by User"] tbody tr').first();
    await first.locator('a:has-text("bob")').waitFor();
    await first.locator("a").click();
    await page.waitForURL(/\/traces\?.*filter=user:bob/);
    await page.goBack();
    await page.waitForSelector('section[aria-label="Cost by User"]');
  });

  test("answers to the keyboard: a filter, and a step of the chart", async () => {
    await open("/cost");
    await page.waitForSelector('section[aria-label="Cost over time"] [role="slider"]');
    await page.keyboard.press("/");
    await page.keyboard.type("user:ann");
    await page.keyboard.press("Enter");
    await page.waitForURL(/filter=user:ann/);
    await page.waitForSelector('section[aria-label="Totals"] >> text=$3.50');
    await page.focus('[role="slider"]');
    await page.keyboard.press("Home");
    expect(await page.getAttribute('[role="slider"]', "aria-valuetext")).toContain("$0");
    await page.keyboard.press("Enter");
    await page.waitForURL(/from=/);
  });

  test("gives a model a price, and the past with it", async () => {
    await open("/cost?view=prices");
    const unpriced = page.locator('section[aria-label="Models without a price"]');
    await unpriced.locator('tr:has-text("house-llm") button').click();
    await page.waitForURL(/price=house-llm/);
    expect(await page.inputValue('[role="dialog"] input[name="model"]')).toBe("house-llm");
    await page.click('[role="dialog"] button:has-text("Save")');
    await page.waitForSelector('[role="dialog"] [role="alert"]:has-text("at least one price")');
    await page.fill('[role="dialog"] input[name="input"]', "0.5");
    await page.fill('[role="dialog"] input[name="output"]', "0.5, 1 > 900000");
    await page.click('[role="dialog"] button:has-text("Save")');
    await page.waitForSelector('section[aria-label="Prices"] tr:has-text("house-llm")');
    await page.click('button:has-text("Reprice this project")');
    await page.waitForSelector('section[aria-label="Reprice"] >> text=1 of them changed');
    await unpriced.locator("text=Every model call of this range has a cost").waitFor();
    await open("/cost");
    // 1 × 0.50 + 0.1 × 1.00 more
    await page.waitForSelector('section[aria-label="Totals"] >> text=$7.60');
  });

  test("keeps a budget, and marks it when it is spent", async () => {
    await page.click('button:has-text("Set a budget")');
    await page.fill('[role="dialog"] input[name="name"]', "Support");
    await page.fill('[role="dialog"] input[name="limitUsd"]', "5");
    await page.click('[role="dialog"] button:has-text("Save")');
    const line = page.locator('section[aria-label="Budgets"] li');
    await line.waitFor();
    expect(await line.getAttribute("data-tone")).toBe("over");
    expect(await line.locator('[role="meter"]').getAttribute("aria-valuetext")).toBe("$7.60 of $5.00");
    await page.reload();
    await line.waitFor();
    await line.locator('button[aria-label^="Delete"]').click();
    await page.waitForSelector('section[aria-label="Budgets"] >> text=None yet');
  });

  test("says what to do where there is nothing, or nothing works", async () => {
    await open("/cost?filter=user:nobody");
    await page.waitForSelector("text=No model call in this range is under this filter.");
    await page.fill('input[aria-label="Filter"]', "latency:>fast");
    await page.keyboard.press("Enter");
    await page.waitForSelector('[role="alert"]:has-text("latency needs a time")');
    await page.goto(`${server.url}/projects/empty/cost`);
    await page.waitForSelector("text=No traces yet");
  });
});

describe("the Trace page", () => {
  test("has a span's cost by bucket and by part of its prompt, with its price", async () => {
    await open(`/traces/${id(0xc0001, 32)}?tab=cost`);
    await page.waitForSelector('[data-tab="cost"] table');
    const tab = await text('[data-tab="cost"]');
    expect(tab).toContain("openai/gpt-4o (published list)");
    expect(tab).toMatch(/Input1,000,000\$2\.50\$2\.50/);
    expect(tab).toMatch(/Output100,000\$10\.00\$1\.00/);
    expect(tab).toContain("User's text");
    await page.click('dl button:has-text("$3.50")');
    await page.waitForSelector('[aria-label="What the trace cost"] >> text=By model');
  });
});
