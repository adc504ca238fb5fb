// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { MAX_MARKDOWN_LENGTH, renderMarkdown, safeLink } from "./transcript-markdown.ts";

// What becomes of hostile text is tested in a real browser: tests/e2e/hostile-markdown.test.ts.

describe("renderMarkdown", () => {
  it("gives nothing to set into the page where the sanitiser does not work, as in this DOM", () => {
    expect(renderMarkdown("**bold** <script>alert(1)</script>")).toBeUndefined();
  });
  it("gives up on what is too long", () => {
    expect(renderMarkdown("a".repeat(MAX_MARKDOWN_LENGTH + 1))).toBeUndefined();
  });
});

describe("safeLink", () => {
  it.each(["https://a.test/", "http://a.test/x", "mailto:a@b.test"])("keeps %s", (href) => {
    expect(safeLink(href)).toBe(href);
  });
  it.each([
    "javascript:1",
    "java\tscript:1",
    " javascript:1",
    "data:text/html,x",
    "//evil.test",
    "/local",
    "",
    "ftp://a",
    "vbscript:1",
  ])("refuses %s", (href) => {
    expect(safeLink(href)).toBeUndefined();
  });
});
