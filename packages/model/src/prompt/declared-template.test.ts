import { expect, test } from "vitest";
import { declaredPromptOf, parseTemplate } from "./declared-template.ts";
import { matchPattern, patternMessages } from "./pattern.ts";

const block = (name: string) => ({ name, shape: "block" });

test.each([
  ["Mustache and Jinja", "Hello {{ name }}, {{{raw}}}!", ["Hello ", block("name"), ", ", block("raw"), "!"]],
  ["JavaScript", "Hello ${name}", ["Hello ", block("name")]],
  ["Python", "{greeting} you", [block("greeting"), " you"]],
  ["braces that are none", 'Reply with {"a": 1} or {}', ['Reply with {"a": 1} or {}']],
])("variables as in %s", (_, text, pattern) => expect(parseTemplate(text)).toEqual(pattern));

test("a JSON list of messages is read as messages", () => {
  const pattern = parseTemplate(
    '[{"role":"system","content":"Be brief."},{"role":"user","content":"{{question}}"}]',
  );
  expect(patternMessages(pattern)).toEqual([
    { role: "system", pieces: ["Be brief."] },
    { role: "user", pieces: [block("question")] },
  ]);
  expect(matchPattern(pattern, "\u0001system\u0002Be brief.\u0001user\u0002Why?")).toEqual(["Why?"]);
});

test("a template is known by its name, a version by what it is called or by its text", () => {
  const of = (given: object, project = "p") => declaredPromptOf(project, given);
  const first = of({ name: "ask", version: "3", template: "Hello {name}" });
  expect(first).toMatchObject({ name: "ask", label: "3", pattern: ["Hello ", block("name")] });
  expect(of({ name: "ask", version: "3" })).toMatchObject({
    templateId: first?.templateId,
    versionId: first?.versionId,
  });
  expect(of({ name: "ask", version: "4" })?.versionId).not.toBe(first?.versionId);
  expect(of({ name: "ask", template: "Hello {name}" })?.versionId).not.toBe(
    of({ name: "ask", template: "Bye {name}" })?.versionId,
  );
  expect(of({ name: "ask" }, "other")?.templateId).not.toBe(first?.templateId);
  expect(of({ name: "ask" })?.versionId).toBeUndefined();
  expect(of({ version: "3" })).toBeUndefined();
  expect(declaredPromptOf("p", undefined)).toBeUndefined();
});
