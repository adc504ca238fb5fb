import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readExpectations } from "@nightowl/otlp/normalise/expectations.fixture";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";

/** A trace in which most spans are an application's own functions, without them and with them. */
openPage({ height: 1400 });

test("only the AI's spans are shown while that is asked for, and a link to another span shows all", async () => {
  const capture = readExpectations().find(({ name }) => name === "codex/v0.169.0-exec-tools");
  if (capture === undefined) throw new Error("The capture is gone.");
  const json = readFileSync(capture.requestPath, "utf8");
  await postTraces(server.url, json, "application/json", "codex");
  const traceId = /"traceId":\s*"([0-9a-f]{32})"/.exec(json)?.[1];
  const url = `${server.url}/projects/codex/traces/${traceId}`;
  const rows = page.getByRole("treegrid").locator('[role="row"][aria-level]');
  const kindsShown = () => rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-kind")));
  const spanOfKind = (kind: string) => capture.spans.findLast((span) => span.kind === kind)?.spanId;
  const tool = spanOfKind("TOOL");
  const plumbing = spanOfKind("UNKNOWN");
  await page.goto(`${url}?span=${tool}`);
  const button = page.getByRole("button", { name: "AI spans only" });
  await button.click();
  await page.waitForURL(/only=ai/);
  expect((await kindsShown()).filter((kind) => kind === "UNKNOWN")).toHaveLength(1);
  await page.getByText(`${await rows.count()} of ${capture.spans.length} spans`).waitFor();
  expect(await page.locator('[role="row"][data-selected]').getAttribute("id")).toBe(`row-${tool}`);
  await page.keyboard.press("h");
  await page.getByText(`${capture.spans.length} spans in`).waitFor();
  await page.goto(`${url}?span=${plumbing}&only=ai`);
  await page.locator(`#row-${plumbing}`).waitFor();
  expect(await button.getAttribute("aria-pressed")).toBe("false");
  await button.click();
  await page.locator(`#row-${plumbing}`).waitFor({ state: "detached" });
  expect(await page.locator('[role="row"][data-selected]').count()).toBe(1);
});
