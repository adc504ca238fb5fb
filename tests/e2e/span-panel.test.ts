import { expect, test } from "vitest";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

/** What a reader does in the panel of a span stays done, and the keyboard goes on from where he clicked. */
openPage();

const ROOT = wireSpan({ traceId: "c".repeat(32), spanId: "a".repeat(16), name: "agent" });
const SYSTEM = message("system", `Answer as a night clerk would. ${"Be brief. ".repeat(40)}`);
const QUESTION = message("user", `What was the night like? ${"The log says little. ".repeat(100)}`);
const ANSWER = message("assistant", "Quiet.");
const FIRST = call("1", [SYSTEM, QUESTION], ANSWER);
const SECOND = call(
  "2",
  [SYSTEM, QUESTION, ANSWER, message("user", "And the owls?")],
  message("assistant", "Loud."),
);

test("what was unfolded stays so when the call before is known late", { timeout: 60_000 }, async () => {
  await postTraces(server.url, encodeTraceProtobuf([ROOT, FIRST, SECOND]), "application/x-protobuf", "late");
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(`**/spans/${FIRST.spanId}*`, async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(`${server.url}/projects/late/traces/${ROOT.traceId}?span=${SECOND.spanId}`);
  const panel = page.getByRole("region", { name: "Selected span" });
  const card = (role: string) => panel.getByRole("article", { name: role, exact: true });
  const isOpen = (role: string) =>
    card(role).first().getByRole("button", { name: role, exact: true }).getAttribute("aria-expanded");
  await card("system").getByRole("button", { name: "system", exact: true }).click();
  await card("user")
    .first()
    .getByRole("button", { name: /Show all/ })
    .click();
  expect(await isOpen("assistant")).toBe("true");
  release();
  await panel.getByText("new since the previous call").waitFor();
  // Nobody touched this one: the model had said it already.
  expect(await isOpen("assistant")).toBe("false");
  expect(await isOpen("system")).toBe("true");
  expect(await isOpen("user")).toBe("true");
  await card("user").first().getByRole("button", { name: "Show less" }).waitFor();
});

test("after a click on a tab j, k and the arrows move through the tree", { timeout: 60_000 }, async () => {
  await postTraces(server.url, encodeTraceProtobuf([ROOT, FIRST, SECOND]), "application/x-protobuf", "keys");
  await page.goto(`${server.url}/projects/keys/traces/${ROOT.traceId}?span=${FIRST.spanId}`);
  const tab = page.getByRole("tab", { name: "Attributes" });
  const selected = (spanId: string) => page.locator(`#row-${spanId}[data-selected]`).waitFor();
  for (const [down, up] of [
    ["j", "k"],
    ["ArrowDown", "ArrowUp"],
  ] as const) {
    await tab.click();
    await page.keyboard.press(down);
    await selected(SECOND.spanId);
    await tab.click();
    await page.keyboard.press(up);
    await selected(FIRST.spanId);
  }
  // Sideways the arrows are those of the row of tabs.
  await tab.click();
  await page.keyboard.press("ArrowRight");
  await selected(FIRST.spanId);
  expect(await page.getByRole("tab", { name: "Evals" }).getAttribute("aria-selected")).toBe("true");
});

test("what was not recorded of a call is said", { timeout: 60_000 }, async () => {
  const silent = call("3", [], undefined);
  const again = call("4", [SYSTEM, QUESTION], undefined);
  const unasked = call("5", [], ANSWER);
  const untold = call("8", [{ role: "user", parts: [] }], undefined);
  const spans = [ROOT, FIRST, again, silent, unasked, untold];
  await postTraces(server.url, encodeTraceProtobuf(spans), "application/x-protobuf", "gaps");
  const panel = page.getByRole("region", { name: "Selected span" });
  for (const [span, words] of [
    [silent, "What was said in this call was not recorded."],
    [unasked, "What it was asked was not recorded."],
    [again, "nothing new since the previous call"],
    [untold, "Not recorded"],
  ] as const) {
    await page.goto(`${server.url}/projects/gaps/traces/${ROOT.traceId}?span=${span.spanId}`);
    await panel.getByText(words).waitFor();
  }
});

test(
  "an exception on a span that did not fail is said, and said to be that",
  { timeout: 60_000 },
  async () => {
    const attributes = { "exception.type": "TimeoutError", "exception.message": "slow" };
    const event = { name: "exception", timeNs: ROOT.startTimeNs, attributes, droppedAttributesCount: 0 };
    const survived = { ...call("6", [QUESTION], ANSWER), events: [event] };
    await postTraces(server.url, encodeTraceProtobuf([ROOT, survived]), "application/x-protobuf", "survived");
    await page.goto(`${server.url}/projects/survived/traces/${ROOT.traceId}?span=${survived.spanId}`);
    const strip = page.getByRole("note", { name: "Error" });
    await strip.getByText("The span is not marked as failed.").waitFor();
    expect(await strip.textContent()).toContain("slow");
    const told = { "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "too slow" };
    const failed = wireSpan({ ...call("7", [], undefined), attributes: told });
    await postTraces(server.url, encodeTraceProtobuf([ROOT, failed]), "application/x-protobuf", "survived");
    await page.goto(`${server.url}/projects/survived/traces/${ROOT.traceId}?span=${failed.spanId}`);
    await strip.getByText("too slow").waitFor();
    expect(await strip.textContent()).not.toContain("not marked");
  },
);

interface Said {
  role: string;
  parts: { type: "text"; content: string }[];
}

function message(role: string, content: string): Said {
  return { role, parts: [{ type: "text", content }] };
}

function call(ordinal: string, input: Said[], output: Said | undefined) {
  return wireSpan({
    traceId: ROOT.traceId,
    spanId: ordinal.repeat(16),
    parentSpanId: ROOT.spanId,
    name: `chat ${ordinal}`,
    startTimeNs: String(BigInt(ROOT.startTimeNs) + BigInt(ordinal) * 1_000_000n),
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      ...(input.length > 0 && { "gen_ai.input.messages": JSON.stringify(input) }),
      ...(output && { "gen_ai.output.messages": JSON.stringify([output]) }),
    },
  });
}
