import { expect, test } from "vitest";
import { approvalOf, approvalText, approvalWords } from "./approval.ts";

const textOf = (value: unknown) => {
  const approval = approvalOf(value);
  return approval && approvalText(approval);
};

test.each([
  [
    { type: "mcp_approval_request", name: "get_weather", arguments: '{"city": "Paris"}', server_label: "w" },
    'Asked for approval of get_weather({"city":"Paris"})',
  ],
  [
    { type: "tool-approval-request", approvalId: "a", toolCall: { toolName: "pay", input: { eur: 5 } } },
    'Asked for approval of pay({"eur":5})',
  ],
  [
    { type: "function_approval_request", id: "1", function_call: { name: "drop", arguments: "{}" } },
    "Asked for approval of drop()",
  ],
  [
    { type: "tool-approval-request", approvalId: "a", toolCallId: "c", reason: "over 1 EUR" },
    "Asked for approval: over 1 EUR",
  ],
  [
    { type: "tool-approval-request", tool_name: "drop", args: '{"a": 1}', tool_call_id: "c" },
    'Asked for approval of drop({"a":1})',
  ],
  [{ type: "interrupt", name: "approve", reason: { tool: "pay" } }, 'Asked a person: approve {"tool":"pay"}'],
  [{ type: "interrupt", reason: "Really?" }, "Asked a person: Really?"],
  [{ type: "interrupt" }, "Asked a person"],
])("a request: %j", (sent, said) => {
  expect(textOf(sent)).toBe(said);
});

test.each([
  [{ type: "mcp_approval_response", approve: true, approval_request_id: "a" }, "Approved"],
  [{ type: "mcp_approval_response", approve: false, reason: "too far" }, "Refused: too far"],
  [{ type: "tool-approval-response" }, "Answered"],
  [{ type: "tool-approval-response", approvalId: "a", approved: false, reason: "" }, "Refused"],
  [
    {
      type: "function_approval_response",
      approved: true,
      function_call: { name: "drop", arguments: "not JSON" },
    },
    "Approved drop(not JSON)",
  ],
])("a response: %j", (sent, said) => {
  expect(textOf(sent)).toBe(said);
});

test("the call that is named by its id", () => {
  const approval = approvalOf({ type: "tool-approval-request", approvalId: "a", toolCallId: "c" });
  expect(approval?.callId).toBe("c");
  expect(approval && approvalWords(approval, { name: "pay", arguments: { eur: 5 } }).call).toBe(
    'pay({"eur":5})',
  );
});

test("a question before a call", () => {
  const question = approvalOf({ type: "interrupt", name: "approve", tool_call_id: "c" });
  expect(question && approvalWords(question, { name: "pay", arguments: {} })).toEqual({
    before: "Asked a person before",
    call: "pay()",
    reason: "approve",
  });
});

test("long arguments are cut", () => {
  const long = textOf({ type: "mcp_approval_request", name: "f", arguments: "x".repeat(1000) });
  expect(long).toBe(`Asked for approval of f(${"x".repeat(160)}…)`);
});

test.each([
  [null],
  ["mcp_approval_request"],
  [{ type: "person" }],
  [{ type: "approval_requests" }],
  [{ type: "mcp_approval_response", approve: "yes" }],
  [[{ type: "mcp_approval_request" }]],
])("no approval: %j", (value) => {
  expect(approvalOf(value)).toBeUndefined();
});
