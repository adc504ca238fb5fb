import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { encodeTraceJson } from "@nightowl/otlp/encode/json";
import type { WireSpan } from "@nightowl/model/span/span";
import { openPage, page, server } from "./open-page.ts";
import { wireSpan } from "./wire-span.ts";

/** Each would call `pwned()` or reach another host if text from a trace were ever taken for markup. */
const PAYLOADS = [
  "<script>pwned()</script>",
  "<img src=x onerror=pwned()>",
  "<svg><animate onbegin=pwned() attributeName=x dur=1s>",
  "<svg/onload=pwned()>",
  '<math><mi//xlink:href="data:x,<script>pwned()</script>">',
  '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
  '<iframe src="javascript:parent.pwned()"></iframe>',
  "<details open ontoggle=pwned()>",
  "<form><button formaction=javascript:pwned()>go",
  '<a href="javascript:pwned()">link</a>',
  "[link](javascript:pwned())",
  "[link](JaVaScRiPt:pwned())",
  "[link](data:text/html,<script>pwned()</script>)",
  "[link](vbscript:pwned())",
  "![image](http://evil.example/pixel.png)",
  '![x](x"onerror="pwned())',
  "<style>@import 'http://evil.example/x.css';</style>",
  "<link rel=stylesheet href=http://evil.example/x.css>",
  "<base href=http://evil.example/>",
  '<meta http-equiv=refresh content="0;url=http://evil.example">',
  "<object data=javascript:pwned()>",
  '<noscript><p title="</noscript><img src=x onerror=pwned()>">',
  "`<img src=x onerror=pwned()>`",
  "```html\n<script>pwned()</script>\n```",
  "</script><script>pwned()</script>",
  "${pwned()}{{constructor.constructor('pwned()')()}}",
];
const ALL = PAYLOADS.join("\n\n");
const HTML_IMAGE = `data:text/html;base64,${btoa("<script>parent.pwned()</script>")}`;
const SVG_IMAGE = `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" onload="parent.pwned()"><script>parent.pwned()</script></svg>')}`;

const TRACE_ID = "badc0de0badc0de0badc0de0badc0de0";
const LLM_ID = "00000000000000b2";

function hostileSpans(): WireSpan[] {
  const common = {
    "user.id": PAYLOADS[1] as string,
    "session.id": PAYLOADS[0] as string,
    "tag.tags": PAYLOADS,
  };
  return [
    wireSpan({
      traceId: TRACE_ID,
      spanId: "00000000000000b1",
      name: `<img src=x onerror=pwned()>${PAYLOADS[0]}`,
      attributes: { "openinference.span.kind": "AGENT", "input.value": ALL, "output.value": ALL, ...common },
    }),
    wireSpan({
      traceId: TRACE_ID,
      spanId: LLM_ID,
      parentSpanId: "00000000000000b1",
      name: "llm <svg/onload=pwned()>",
      statusCode: "ERROR",
      statusMessage: ALL,
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.model_name": "<img src=x onerror=pwned()>",
        "llm.input_messages.0.message.role": "<b onmouseover=pwned()>",
        "llm.input_messages.0.message.content": ALL,
        "llm.input_messages.1.message.role": "user",
        "llm.input_messages.1.message.contents.0.message_content.type": "image",
        "llm.input_messages.1.message.contents.0.message_content.image.image.url": HTML_IMAGE,
        "llm.input_messages.1.message.contents.1.message_content.type": "image",
        "llm.input_messages.1.message.contents.1.message_content.image.image.url": SVG_IMAGE,
        "llm.input_messages.1.message.contents.2.message_content.type": "image",
        "llm.input_messages.1.message.contents.2.message_content.image.image.url":
          "http://evil.example/pixel.png",
        "llm.input_messages.1.message.contents.3.message_content.type": "image",
        "llm.input_messages.1.message.contents.3.message_content.image.image.url": "javascript:pwned()",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": ALL,
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": PAYLOADS[1] as string,
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": JSON.stringify({ q: ALL }),
        "llm.tools.0.tool.json_schema": JSON.stringify({
          type: "function",
          function: {
            name: PAYLOADS[1],
            description: ALL,
            parameters: { type: "object", properties: { [ALL]: {} } },
          },
        }),
        ["<img src=x onerror=pwned()>"]: ALL,
        __proto__x: ALL,
        ...common,
      },
      events: [
        {
          name: ALL,
          timeNs: `${Date.now()}000000`,
          droppedAttributesCount: 0,
          attributes: {
            "exception.type": PAYLOADS[1] as string,
            "exception.message": ALL,
            "exception.stacktrace": ALL,
          },
        },
      ],
    }),
    wireSpan({
      traceId: TRACE_ID,
      spanId: "00000000000000b3",
      parentSpanId: "00000000000000b1",
      name: "retriever",
      attributes: {
        "openinference.span.kind": "RETRIEVER",
        "input.value": ALL,
        "retrieval.documents.0.document.id": PAYLOADS[1] as string,
        "retrieval.documents.0.document.content": ALL,
        "retrieval.documents.0.document.score": 0.5,
        "retrieval.documents.0.document.metadata": JSON.stringify({ source: ALL }),
      },
    }),
  ];
}

openPage();
const offences: string[] = [];

beforeAll(async () => {
  const response = await fetch(`${server.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: encodeTraceJson(hostileSpans()),
  });
  expect(response.status).toBe(200);
  await page.exposeFunction("pwned", () => offences.push("script ran"));
  page.on("dialog", (dialog) => {
    offences.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http") && host !== new URL(server.url).host)
      offences.push(`asked ${request.url()}`);
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy"))
      offences.push(`stopped only by CSP: ${message.text()}`);
  });
});

test(
  "hostile text in every place of a trace is shown as text, on both pages and in every tab",
  { timeout: 120_000 },
  async () => {
    await page.goto(`${server.url}/projects/default/traces`);
    await page.getByText("onerror=pwned()").first().waitFor();
    for (const span of hostileSpans()) {
      await page.goto(`${server.url}/projects/default/traces/${TRACE_ID}?span=${span.spanId}`);
      const tabs = page.getByRole("tab");
      await tabs.first().waitFor();
      let shown = "";
      for (let i = 0; i < (await tabs.count()); i++) {
        await tabs.nth(i).click();
        await page.waitForTimeout(150);
        await expandEverything(page);
        await expectPlainLinks(page);
        shown += await page.getByRole("tabpanel").textContent();
      }
      // What was sent is there, as the text it is: nothing was tested if it were not.
      expect(shown).toContain("<script>pwned()</script>");
    }
    expect(offences).toEqual([]);
  },
);

test("a CSP stands behind it: no inline script, no other host", async () => {
  const policy = (await fetch(`${server.url}/`)).headers.get("content-security-policy") ?? "";
  const directives = new Map(
    policy.split(";").map((d) => [d.trim().split(" ")[0] ?? "", d.trim().split(" ").slice(1)]),
  );
  expect(directives.get("script-src") ?? directives.get("default-src")).toEqual(["'self'"]);
  expect(directives.get("object-src")).toEqual(["'none'"]);
  expect(directives.get("base-uri")).toEqual(["'none'"]);
  await page.goto(`${server.url}/projects/default/traces`);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.inlineRan = true";
    document.head.append(script);
    return "inlineRan" in window;
  });
  expect(ran).toBe(false);
});

/** Opens what is folded, so that nothing escapes the test by being out of sight. */
async function expandEverything(on: Page): Promise<void> {
  const folded = on.getByRole("tabpanel").locator('[aria-expanded="false"]');
  for (let round = 0; round < 20 && (await folded.count()) > 0; round++) {
    await folded
      .first()
      .click({ timeout: 1000 })
      .catch(() => undefined);
  }
}

/** No link of the panel leads anywhere but to a web page or a mail. */
async function expectPlainLinks(on: Page): Promise<void> {
  const hrefs = await on
    .getByRole("tabpanel")
    .locator("a[href]")
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  for (const href of hrefs) expect(href).toMatch(/^(https?:|mailto:)/);
}
