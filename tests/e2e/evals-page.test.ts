import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

openPage({ width: 1280 });

const TRACES = 24;
const traceIdOf = (n: number) => (0xe0000 + n).toString(16).padStart(32, "0");
const isOld = (n: number) => n < TRACES / 2;

/** Half of the calls are of version v1, from region west, and judged badly. */
beforeAll(async () => {
  const spans = Array.from({ length: TRACES }, (_, n) =>
    wireSpan({
      traceId: traceIdOf(n),
      spanId: (0xe100 + n).toString(16).padStart(16, "0"),
      name: "answer",
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.model_name": n % 2 === 0 ? "even-llm" : "odd-llm",
        "prompt.name": "answers",
        "llm.prompt_template.version": isOld(n) ? "v1" : "v2",
        region: isOld(n) ? "west" : "east",
      },
    }),
  );
  await postTraces(server.url, encodeTraceProtobuf(spans), "application/x-protobuf", "judged");
  const answer = await fetch(`${server.url}/v1/trace_annotations?sync=true`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      data: spans.map(({ traceId }, n) => ({
        trace_id: traceId,
        name: "factuality",
        annotator_kind: "LLM",
        result: { score: isOld(n) ? 0.2 : 0.9, label: n % 2 === 0 ? "wrong" : "right" },
      })),
    }),
  });
  expect(answer.status).toBe(200);
});

const MATRIX = 'section[aria-label="Evaluations by variant"]';
const CORRELATES = 'section[aria-label="What goes with bad traces"]';

describe("the Evals page", () => {
  test("answers which prompt version has the worst factuality", async () => {
    await page.goto(`${server.url}/projects/judged/evals?range=1h`);
    await page.waitForSelector(`${MATRIX} tbody tr`);
    const rows = await page.locator(`${MATRIX} tbody tr`).allTextContents();
    expect(rows.map((row) => /^answers · v[12]0\.\d\d/.exec(row)?.[0])).toEqual([
      "answers · v10.20",
      "answers · v20.90",
    ]);
  });

  test("leads from a row to its traces", async () => {
    await page.selectOption(`${MATRIX} select`, { label: "Model" });
    await page.click(`${MATRIX} tbody a:has-text("even-llm")`);
    await page.waitForURL(/\/traces\?/);
    await page.waitForFunction(() => /\b12\s*traces/.test(document.body.innerText));
    await page.goBack();
    await page.waitForURL(/by=model/);
    await page.selectOption(`${MATRIX} select`, { label: "Prompt version" });
  });

  test("tells what goes with low scores, each finding once, and with a label", async () => {
    await page.waitForSelector(`${CORRELATES} tbody`);
    const fields = page.locator(`${CORRELATES} tbody`);
    expect(await fields.count()).toBe(1);
    expect(await fields.first().textContent()).toMatch(
      /^prompt_versionanswers · v1the same: @llm\.prompt_template\.version v1, @region west/,
    );
    await page.selectOption(`${CORRELATES} select`, { label: "factuality: wrong" });
    await page.waitForURL(/label=wrong/);
    await page.waitForSelector(`${CORRELATES} tbody a:has-text("even-llm")`);
    expect(await page.locator(`${CORRELATES} tbody th`).first().textContent()).toBe("model");
  });

  test("is narrowed by a filter, and the rail keeps the time", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("model:even-llm");
    await page.keyboard.press("Enter");
    await page.waitForURL(/filter=model:even-llm/);
    await page.waitForFunction(
      (selector) => document.querySelector(selector)?.textContent?.includes("n 6"),
      `${MATRIX} tbody tr`,
    );
    await page.click('nav[aria-label="Pages"] a[aria-label="Cost"]');
    await page.waitForURL(/\/cost\?range=1h$/);
  });
});
