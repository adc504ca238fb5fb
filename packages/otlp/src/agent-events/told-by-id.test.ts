import { expect, test } from "vitest";
import { wireSpan } from "../normalise/wire-span.fixture.ts";
import { toldIdOf, toldIdsIn } from "./told-by-id.ts";

test("a request and a tool are told of by their ids; a run is told of by its span's", () => {
  const idOf = (name: string) => toldIdOf(wireSpan({ request_id: "r1", tool_use_id: "t1" }, { name }));
  expect(idOf("claude_code.llm_request")).toBe("r1");
  expect(idOf("claude_code.tool")).toBe("t1");
  expect(idOf("claude_code.tool.execution")).toBeUndefined();
  expect(idOf("toString")).toBeUndefined();
  expect(toldIdOf(wireSpan({ request_id: 7 }, { name: "claude_code.llm_request" }))).toBeUndefined();
});

test("a tool's record tells of the request too that called it, and nobody else's record tells of any", () => {
  const { scope } = wireSpan({});
  const idsIn = (name: string, attributes: Record<string, string>) =>
    toldIdsIn({ scope: { ...scope, name }, attributes });
  const said = { request_id: "r1", tool_use_id: "t1" };
  expect(idsIn("com.anthropic.claude_code.events", said)).toEqual(["r1", "t1"]);
  expect(idsIn("com.anthropic.claude_code.events", { request_id: "" })).toEqual([]);
  expect(idsIn("checkout", said)).toEqual([]);
});
