import { expect, it } from "vitest";
import { PROMPT_VERSIONS, renderTemplate, SYSTEM_PROMPT } from "./prompts.ts";

it("puts values into a template, each wherever its name stands", () => {
  expect(renderTemplate("{{a}} and {{b}}, {{a}}", { a: "1", b: "{{c}}" })).toBe("1 and {{c}}, 1");
});

it("does not send a template with a hole in it", () => {
  expect(() => renderTemplate("{{missing}}", {})).toThrow("missing");
});

it("has versions that differ", () => {
  expect(new Set(PROMPT_VERSIONS.map((version) => SYSTEM_PROMPT.versions[version])).size).toBe(
    PROMPT_VERSIONS.length,
  );
});
