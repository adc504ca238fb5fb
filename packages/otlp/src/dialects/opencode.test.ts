import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const SCOPE = {
  scope: { name: "opencode", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
};

test("a tool's answer is what the model gets of it, not what the terminal shows beside it", () => {
  const answered = (result: unknown) =>
    readSpan(
      {
        "ai.operationId": "ai.toolCall",
        "ai.toolCall.name": "bash",
        "ai.toolCall.result": JSON.stringify(result),
      },
      SCOPE,
    ).tool;
  const shown = { title: "ls", metadata: { exit: 0 }, output: "hello.txt" };
  expect(answered(shown)).toEqual({ name: "bash", result: "hello.txt" });
  expect(answered({ output: "hello.txt", exit: 0 })?.result).toEqual({ output: "hello.txt", exit: 0 });
});
