/**
 * A part of a message in which a person is asked whether a tool may run, or answers; or in which a run stopped to ask a
 * person whatever it wants to know.
 */
export type Approval = { call: ApprovalCall | undefined; callId: string | undefined } & (
  | { kind: "request" | "question"; reason: string | undefined }
  /** `approved` is absent where the answer was not recorded. */
  | { kind: "response"; approved: boolean | undefined; reason: string | undefined }
);

export interface ApprovalCall {
  name: string;
  arguments: unknown;
}

/** Arguments in one line; more is below, in the JSON. */
const MAX_ARGUMENTS = 160;

/**
 * What a part that was kept as it was sent says of an approval, or `undefined` where it is none: OpenAI's
 * `mcp_approval_request`, the AI SDK's `tool-approval-request`, Agent Framework's `function_approval_request`, and the
 * responses to them; and an `interrupt`, as Strands has it. The tool's call is in the part, or named by its id.
 */
export function approvalOf(value: unknown): Approval | undefined {
  if (!isRecord(value) || typeof value["type"] !== "string") return undefined;
  if (value["type"] === "interrupt") return questionOf(value);
  const kind = /approval[_-]?(request|response)$/i.exec(value["type"])?.[1]?.toLowerCase();
  if (kind === undefined) return undefined;
  const call = callOf(value["function_call"] ?? value["toolCall"] ?? value["tool_call"] ?? value);
  const callId = text(value["toolCallId"]) ?? text(value["tool_call_id"]);
  const reason = text(value["reason"]);
  if (kind === "request") return { kind, call, callId, reason };
  const approved = value["approved"] ?? value["approve"];
  const isKnown = approved === undefined || typeof approved === "boolean";
  return isKnown ? { kind: "response", approved, call, callId, reason } : undefined;
}

/** `{name, reason}`: what the question is called, and what is asked, in whatever form. */
function questionOf(value: Record<string, unknown>): Approval {
  const asked = [text(value["name"]), oneLine(value["reason"])].filter(Boolean).join(" ");
  const reason = asked === "" ? undefined : asked;
  return { kind: "question", call: undefined, callId: text(value["tool_call_id"]), reason };
}

/** An approval in words, in pieces that are shown differently: `before call: reason`. */
export interface ApprovalWords {
  before: string;
  /** `get_weather({"city":"Paris"})`, in one line. */
  call: string | undefined;
  reason: string | undefined;
}

/** @param named the call that the part names by its id, where that is known. */
export function approvalWords(approval: Approval, named?: ApprovalCall): ApprovalWords {
  const call = approval.call ?? named;
  return {
    before: beginning(approval, call !== undefined),
    call: call && `${call.name}(${oneLine(call.arguments)})`,
    reason: approval.reason,
  };
}

const ANSWERS: Record<string, string> = { true: "Approved", false: "Refused" };

function beginning(approval: Approval, isOfCall: boolean): string {
  if (approval.kind === "response") return ANSWERS[String(approval.approved)] ?? "Answered";
  if (approval.kind === "question") return isOfCall ? "Asked a person before" : "Asked a person";
  return isOfCall ? "Asked for approval of" : "Asked for approval";
}

/** {@link approvalWords} as one text. */
export function approvalText(approval: Approval): string {
  const { before, call, reason } = approvalWords(approval);
  return `${before}${call === undefined ? "" : ` ${call}`}${reason === undefined ? "" : `: ${reason}`}`;
}

function callOf(value: unknown): ApprovalCall | undefined {
  if (!isRecord(value)) return undefined;
  const name = text(value["name"]) ?? text(value["toolName"]) ?? text(value["tool_name"]);
  const given = value["arguments"] ?? value["input"] ?? value["args"];
  return name === undefined ? undefined : { name, arguments: given };
}

function oneLine(value: unknown): string {
  if (value === undefined || value === null) return "";
  const line = (typeof value === "string" ? compactJson(value) : JSON.stringify(value))
    .replace(/\s+/g, " ")
    .trim();
  if (line === "{}") return "";
  return line.length > MAX_ARGUMENTS ? `${line.slice(0, MAX_ARGUMENTS)}…` : line;
}

/** JSON that was written as text, as JSON of its own. */
function compactJson(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
