import { expect, test } from "vitest";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { openPage, page, server } from "./open-page.ts";
import { postTraces } from "./send.ts";
import { wireSpan } from "./wire-span.ts";

/** What is odd about a span is said beside it: cut attributes, a total that does not add up, a part nobody knows. */
openPage();

test(
  "notes of a span are there to be read, and nothing that was said is hidden",
  { timeout: 60_000 },
  async () => {
    const span = wireSpan({
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      name: "chat odd",
      droppedAttributesCount: 40,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.input.messages": JSON.stringify([
          {
            role: "user",
            parts: [
              { type: "text", content: "hi" },
              { type: "hologram", content: { depth: 7 } },
            ],
          },
        ]),
        "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"hello"}]}]',
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.total_tokens": 99,
      },
    });
    await postTraces(server.url, encodeTraceProtobuf([span]), "application/x-protobuf", "odd");
    await page.goto(`${server.url}/projects/odd/traces/${span.traceId}`);
    const panel = page.getByRole("region", { name: "Selected span" });
    await panel.getByText("10 in · 5 out · 99 total, as reported").waitFor();
    await panel.getByText("The sender dropped 40 attributes of the span").first().click();
    await panel.getByText("99 tokens were reported in total, but 10 in and 5 out are 15.").waitFor();
    const user = panel.getByRole("article", { name: "user" });
    expect(await user.textContent()).toContain("A part of a kind that is not known here, as it was sent");
    expect(await user.textContent()).toContain("hologram");
    // Neither the trace nor the row counts what does not add up.
    expect(await page.locator(`#row-${span.spanId}`).textContent()).toContain("15");
  },
);
