import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { readExpectations } from "@nightowl/otlp/normalise/expectations.fixture";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";

/** From a call in the transcript to the span that ran it, and from there back to the call. */
openPage();

// With ids on both sides; with an id on the call alone; with an id on the tool's span alone; with one span for several
// calls of the model, of which all but the last are told as what went in; with another agent that runs the tools.
const CAPTURES = [
  "pydantic-ai/v6-agent-tools",
  "mlflow/v3-agent-openai",
  "openinference/langchain-chain-tools",
  "openinference-google-adk/agent-tools",
  "ag2/v0.11-two-agents",
];

test.each(readExpectations().filter(({ name }) => CAPTURES.includes(name)))(
  "there and back: $name",
  { timeout: 60_000 },
  async (capture) => {
    const json = readFileSync(capture.requestPath, "utf8");
    const { spans } = decodeTraceJson(json);
    await postTraces(server.url, json, "application/json", capture.name);
    await page.goto(`${server.url}/projects/${encodeURIComponent(capture.name)}/traces/${spans[0]?.traceId}`);
    const panel = page.getByRole("region", { name: "Selected span" });
    const selected = page.locator('[role="row"][data-selected]');
    const toolRow = `row-${capture.spans.find((span) => span.kind === "TOOL")?.spanId}`;
    await page.locator(`#${toolRow}`).click();
    const back = panel.getByText("Called by the").getByRole("button");
    await back.click();
    const marked = panel.locator("[data-marked]");
    expect(await marked.textContent()).toContain("get_weather");
    expect(await selected.getAttribute("id")).not.toBe(toolRow);
    await marked.getByRole("button", { name: /open span/ }).click();
    await back.waitFor();
    expect(await selected.getAttribute("id")).toBe(toolRow);
  },
);
