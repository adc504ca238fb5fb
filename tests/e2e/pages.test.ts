import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import type { WireSpan } from "@nightowl/model/span/span";
import { browser, openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

openPage();

const id = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
const post = (spans: WireSpan[], project: string) =>
  postTraces(server.url, encodeTraceProtobuf(spans), "application/x-protobuf", project);

/** An agent that asks a model, which calls a tool, which fails; then answers. */
function agentTrace(n: number, fields: Partial<WireSpan> = {}): WireSpan[] {
  const traceId = id(0xa0000 + n, 32);
  const root = { traceId, spanId: id(1, 16) };
  return [
    wireSpan({
      ...root,
      name: `agent ${n}`,
      attributes: {
        "openinference.span.kind": "AGENT",
        "input.value": `question ${n}`,
        "output.value": `answer ${n}`,
      },
      ...fields,
    }),
    wireSpan({
      traceId,
      spanId: id(2, 16),
      parentSpanId: root.spanId,
      name: "llm.chat",
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-4o",
        "llm.token_count.prompt": 100,
        "llm.token_count.completion": 20,
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": `question ${n}`,
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "call_1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "search_docs",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"query":"sqlite"}',
      },
    }),
    wireSpan({
      traceId,
      spanId: id(3, 16),
      parentSpanId: root.spanId,
      name: "search_docs",
      statusCode: n % 2 ? "ERROR" : "OK",
      statusMessage: n % 2 ? "upstream timed out" : "",
      attributes: { "openinference.span.kind": "TOOL", "tool.name": "search_docs", "tool_call.id": "call_1" },
    }),
  ];
}

async function openPalette(): Promise<void> {
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByPlaceholder(/^Paste a trace id/).waitFor();
}

const gridRows = () => page.getByRole("grid").locator('[role="row"][aria-selected]');
const spanRows = () => page.getByRole("treegrid").locator('[role="row"][aria-level]');

describe("Traces", () => {
  test("an empty server says how to send the first trace, and shows it when it comes", async () => {
    await page.goto(server.url);
    await page.getByText("/v1/traces").first().waitFor();
    await post(agentTrace(1), "default");
    await page.getByText("agent 1").first().waitFor({ timeout: 20_000 });
  });

  test("a trace sent twice is one row, with its tokens counted once", async () => {
    const spans = agentTrace(2);
    await post(spans, "twice");
    await post(spans, "twice");
    await page.goto(`${server.url}/projects/twice/traces`);
    await gridRows().first().waitFor();
    expect(await gridRows().count()).toBe(1);
    expect(await gridRows().first().textContent()).toContain("120");
    // The totals are another question than the list, and may be answered later.
    await page
      .getByRole("region", { name: "Totals" })
      .filter({ hasText: /\b1\s*trace/ })
      .waitFor();
  });

  test("live: a new trace comes in without a reload", async () => {
    await post(agentTrace(3), "live");
    await page.goto(`${server.url}/projects/live/traces`);
    await page.getByText("agent 3").first().waitFor();
    await post(agentTrace(4), "live");
    await page.getByText("agent 4").first().waitFor({ timeout: 20_000 });
  });

  test("the filter narrows the list, is in the address, and a bad one says where", async () => {
    await post([...agentTrace(5), ...agentTrace(6)], "filtered");
    await page.goto(`${server.url}/projects/filtered/traces`);
    await page.getByText("agent 6").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("status:error");
    await page.keyboard.press("Enter");
    await expect.poll(() => gridRows().count()).toBe(1);
    expect(await gridRows().first().textContent()).toContain("agent 5");
    expect(decodeURIComponent(page.url())).toContain("status:error");
    await page.goto(`${server.url}/projects/filtered/traces?filter=${encodeURIComponent("latency:>soon")}`);
    await page.getByRole("alert").first().waitFor();
  });

  test("keyboard: j moves, Enter opens, back returns to the row", async () => {
    await post([...agentTrace(7), ...agentTrace(8)], "keys");
    await page.goto(`${server.url}/projects/keys/traces`);
    await gridRows().nth(1).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const chosen = (await page.locator('[role="row"][aria-selected="true"]').textContent()) ?? "";
    await page.keyboard.press("Enter");
    await page.getByRole("treegrid").waitFor();
    expect(chosen).toContain(await page.getByRole("heading", { level: 1 }).textContent());
    await page.goBack();
    await page.locator('[role="row"][aria-selected="true"]').waitFor();
    expect(await page.locator('[role="row"][aria-selected="true"]').textContent()).toBe(chosen);
  });
});

describe("Finding a trace by its id", () => {
  test("the palette opens a pasted trace id, whatever the project", async () => {
    const spans = agentTrace(9);
    await post(spans, "elsewhere");
    await page.goto(`${server.url}/projects/default/traces`);
    await page.getByRole("grid").waitFor();
    await openPalette();
    await page.keyboard.insertText(spans[0]?.traceId ?? "");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/projects/elsewhere/traces/${spans[0]?.traceId}**`);
    await spanRows().first().waitFor();
  });

  test("an unknown id says so plainly, in the palette and at its address", async () => {
    const unknown = "f".repeat(32);
    await page.goto(`${server.url}/projects/default/traces`);
    await page.getByRole("grid").waitFor();
    await openPalette();
    await page.keyboard.insertText(unknown);
    await page.getByText("No trace with this id").waitFor();
    await page.goto(`${server.url}/projects/default/traces/${unknown}`);
    await page.getByText("No such trace").waitFor();
    await page.goto(`${server.url}/traces/${unknown}`);
    await page.getByText(unknown).first().waitFor();
    await page.getByRole("main").getByText("No trace with this id").waitFor();
  });

  test("/traces/{id} finds the project itself", async () => {
    await page.goto(`${server.url}/traces/${agentTrace(9)[0]?.traceId}`);
    await page.waitForURL("**/projects/elsewhere/traces/**");
  });
});

describe("Trace", () => {
  test("opens on the failure; the tool call leads to its span; the address keeps the choice", async () => {
    const spans = agentTrace(11);
    await post(spans, "tree");
    const address = `${server.url}/projects/tree/traces/${spans[0]?.traceId}`;
    await page.goto(address);
    await spanRows().first().waitFor();
    await page.getByText("upstream timed out").first().waitFor();
    await page.goto(`${address}?span=${id(2, 16)}`);
    await page
      .getByRole("button", { name: /open span/ })
      .first()
      .click();
    await page.waitForURL(`**span=${id(3, 16)}**`);
    await page.goBack();
    await page.waitForURL(`**span=${id(2, 16)}**`);
  });

  test("a late span of the same trace joins the tree", async () => {
    const [root, llm, tool] = agentTrace(13) as [WireSpan, WireSpan, WireSpan];
    await post([llm], "late");
    await page.goto(`${server.url}/projects/late/traces/${root.traceId}`);
    await spanRows().first().waitFor();
    await post([root, tool], "late");
    await page.reload();
    await expect.poll(() => spanRows().count()).toBe(3);
    expect(await spanRows().first().getAttribute("aria-level")).toBe("1");
  });

  test("malformed model attributes leave the span shown, with its raw value and a note", async () => {
    const traceId = id(0xbad, 32);
    await post(
      [
        wireSpan({
          traceId,
          spanId: id(1, 16),
          name: "broken llm",
          attributes: {
            "openinference.span.kind": "LLM",
            "llm.input_messages": "not a list",
            "llm.output_messages": 42,
            "retrieval.documents": 7,
            "llm.token_count.prompt": "many",
            "output.value": "still here",
          },
        }),
      ],
      "malformed",
    );
    await page.goto(`${server.url}/projects/malformed/traces/${traceId}?span=${id(1, 16)}`);
    await page.getByRole("tab", { name: /Attributes/ }).click();
    const panel = page.getByRole("region", { name: "Selected span" });
    await panel.getByText("not a list").first().waitFor();
    expect(await panel.textContent()).toContain("llm.input_messages");
    expect(await panel.textContent()).toMatch(/could not be read|is not/i);
  });

  test("50,000 spans open and scroll to the last one", { timeout: 180_000 }, async () => {
    const traceId = id(0x50000, 32);
    const startMs = Date.now() - 60_000;
    const spans = Array.from({ length: 50_000 }, (_, i) =>
      wireSpan({
        traceId,
        spanId: id(i + 1, 16),
        parentSpanId: i === 0 ? "" : id(i < 200 ? 1 : 1 + Math.floor(i / 250), 16),
        name: `step ${i}`,
        startTimeNs: `${startMs + i}000000`,
        endTimeNs: `${startMs + i + 5}000000`,
        attributes: { "openinference.span.kind": i % 3 ? "CHAIN" : "LLM" },
      }),
    );
    for (let i = 0; i < spans.length; i += 10_000) await post(spans.slice(i, i + 10_000), "huge");
    await page.goto(`${server.url}/projects/huge/traces/${traceId}`);
    await spanRows().first().waitFor({ timeout: 60_000 });
    expect(Number(await page.getByRole("treegrid").getAttribute("aria-rowcount"))).toBeGreaterThanOrEqual(
      50_000,
    );
    expect(await spanRows().count()).toBeLessThan(200);
    await spanRows().first().click();
    await page.keyboard.press("End");
    await expect.poll(() => page.url()).toContain("span=");
    const last = page.locator('[role="row"][aria-selected="true"]');
    await last.waitFor();
    expect(Number(await last.getAttribute("aria-rowindex"))).toBeGreaterThanOrEqual(50_000);
    await page.keyboard.press("Home");
    await expect
      .poll(() => page.locator('[role="row"][aria-selected="true"]').textContent())
      .toContain("step 0");
  });
});

test(
  "JSON-string OpenInference from a stock OpenTelemetry SDK reads as a conversation",
  { timeout: 60_000 },
  async () => {
    const exporter = new OTLPTraceExporter({
      url: `${server.url}/v1/traces`,
      headers: { "x-project-name": "stock" },
    });
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const tracer = provider.getTracer("hand-written");
    const span = tracer.startSpan("ask", {
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-4o",
        "llm.input_messages": JSON.stringify([
          { role: "system", content: "You are terse." },
          { message: { role: "user", content: "What is WAL?" } },
        ]),
        "llm.output_messages": JSON.stringify([
          {
            role: "assistant",
            content: null,
            tool_calls: [
              { id: "call_7", function: { name: "search_docs", arguments: '{"query":"write-ahead log"}' } },
            ],
          },
        ]),
        "llm.token_count.prompt": 31,
        "llm.token_count.completion": 9,
        "retrieval.documents": JSON.stringify([
          {
            id: "wal-1",
            score: 0.91,
            text: "The write-ahead log holds changes before the database file does.",
          },
          { id: "wal-2", score: 0.4, text: "Checkpoints move the log into the database." },
        ]),
      },
    });
    const { traceId, spanId } = span.spanContext();
    span.end();
    await provider.shutdown();

    await page.goto(`${server.url}/projects/stock/traces/${traceId}?span=${spanId}`);
    const cards = page.getByRole("tabpanel").getByRole("article");
    await cards.first().waitFor();
    expect(await cards.evaluateAll((all) => all.map((card) => card.getAttribute("aria-label")))).toEqual([
      "system",
      "user",
      "assistant, answer",
    ]);
    expect(await cards.nth(1).textContent()).toContain("What is WAL?");
    expect(await cards.nth(2).textContent()).toContain("search_docs");
    expect(await cards.nth(2).textContent()).toContain("write-ahead log");
    await page.getByRole("tab", { name: /Documents\s*2/ }).click();
    const documents = await page.getByRole("tabpanel").textContent();
    expect(documents).toContain("The write-ahead log holds changes");
    expect(documents).toContain("wal-1");
    expect(documents).toContain("0.91");
  },
);

test(
  "both pages are free of accessibility faults that axe can find, light and dark",
  { timeout: 120_000 },
  async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const spans = agentTrace(15);
    await post(spans, "axe");
    // axe is put in past the page's own CSP, which would rightly stop it.
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1440, height: 900 } });
    const checked = await context.newPage();
    try {
      for (const colorScheme of ["light", "dark"] as const) {
        await checked.emulateMedia({ colorScheme });
        for (const path of [
          "/projects/axe/traces",
          `/projects/axe/traces/${spans[0]?.traceId}?span=${id(2, 16)}`,
        ]) {
          await checked.goto(server.url + path);
          await checked.getByRole("row").nth(1).waitFor();
          await checked.evaluate(axe);
          const violations = await checked.evaluate(async () => {
            const run = (window as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }).axe;
            return (await run.run()).violations as { id: string; nodes: { html: string }[] }[];
          });
          expect(
            violations.map(({ id: rule, nodes }) => `${path} ${colorScheme} ${rule}: ${nodes[0]?.html}`),
          ).toEqual([]);
        }
      }
    } finally {
      await context.close();
    }
  },
);
