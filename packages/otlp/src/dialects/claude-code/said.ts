import type { Message, ToolDefinition } from "@nightowl/model/span/message";
import type { SpanEvent } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "../../normalise/read-messages.ts";
import { readTools } from "../../normalise/read-tools.ts";
import { compact, isRecord } from "../../normalise/record.ts";

/** An event of Claude Code's, which mostly comes as a log record: its bare name and what it says. */
export interface ClaudeEvent {
  name: string;
  said: AttributeReader;
}

export function claudeEventsOf(events: readonly SpanEvent[]): ClaudeEvent[] {
  return events.map(({ name, attributes }) => ({
    name: name.replace(/^claude_code\./, ""),
    said: new AttributeReader(attributes),
  }));
}

/** What stands where its user has not turned content on. */
export function unredacted(text: string | undefined): string | undefined {
  return text === "<REDACTED>" ? undefined : text;
}

const BETWEEN = /\n\n---\n\n(?=\[(?:USER|TOOL RESULT: [^\]\n]+)\]\n)/;
const HEADING = /^\[(?:USER|USER PROMPT|TOOL (?:INPUT|RESULT): ([^\]\n]+))\]\n/;

/** What is new in a request, as detailed tracing writes it: texts under `[USER]` and `[TOOL RESULT: id]`. */
export function readContext(context: string): Message[] {
  return context.split(BETWEEN).flatMap((section) => {
    const callId = HEADING.exec(section)?.[1];
    const content = withoutHeading(section);
    return callId === undefined
      ? readMessages([{ role: "user", content }], "user")
      : readMessages([{ role: "tool", tool_call_id: callId, content }], "tool");
  });
}

/** The text under a heading such as `[TOOL INPUT: Read]`. */
export function withoutHeading(text: string): string {
  return text.replace(HEADING, "");
}

/** The tool that answers in the schema that was asked for. */
export const STRUCTURED_OUTPUT = "StructuredOutput";

/**
 * What the model said in the requests that these events tell of, one message each, with the tools that it called: from
 * the whole answer where raw bodies are logged, else from its text and what is said of its tools. An answer without a
 * text is told of by its tools alone.
 */
export function readSteps(events: readonly ClaudeEvent[]): Message[] {
  const texts = new Map<string, string>();
  const bodies = new Map<string, unknown>();
  const calls = new Map<string, Map<string, ToolCall>>();
  const requests = new Set<string>();
  for (const { name, said } of events) {
    const request = said.text("request_id");
    if (request === undefined) continue;
    requests.add(request);
    if (name === "assistant_response") texts.set(request, unredacted(said.text("response")) ?? "");
    else if (name === "api_response_body") bodies.set(request, said.json("body"));
    else if (name === "tool_decision" || name === "tool_result") addCall(calls, request, said);
  }
  const steps: Message[] = [];
  for (const request of requests) {
    const body = bodies.get(request);
    const content = isRecord(body) && Array.isArray(body["content"]) ? body["content"] : undefined;
    const told = { content: texts.get(request), tool_calls: [...(calls.get(request)?.values() ?? [])] };
    const [step] = readMessages([{ role: "assistant", ...(content ? { content } : told) }], "assistant");
    if (step !== undefined && step.parts.length > 0) steps.push(step);
  }
  return steps;
}

interface ToolCall {
  id: string;
  name: string;
  arguments: unknown;
}

function addCall(calls: Map<string, Map<string, ToolCall>>, request: string, said: AttributeReader): void {
  const id = said.text("tool_use_id");
  const name = toolNameOf(said);
  if (id === undefined || name === undefined) return;
  const ofRequest = calls.get(request) ?? new Map<string, ToolCall>();
  calls.set(request, ofRequest);
  const known = ofRequest.get(id);
  const given = said.json("tool_input") ?? known?.arguments ?? parametersOf(said) ?? {};
  ofRequest.set(id, { id, name, arguments: given });
}

/** As the model calls it. Records call every tool of an MCP server the same, and tell of it in its parameters. */
export function toolNameOf(said: AttributeReader): string | undefined {
  const name = said.text("tool_name");
  if (name !== "mcp_tool") return name;
  const parameters = said.json("tool_parameters");
  if (!isRecord(parameters)) return name;
  const { mcp_server_name: server, mcp_tool_name: tool } = parameters;
  return typeof server === "string" && typeof tool === "string" ? `mcp__${server}__${tool}` : name;
}

/** What a tool was called with, in short: of an MCP server's tool it is the tool's name, and a command is named twice. */
function parametersOf(said: AttributeReader): unknown {
  if (said.text("tool_name") === "mcp_tool") return undefined;
  const parameters = said.json("tool_parameters");
  if (!isRecord(parameters) || typeof parameters["full_command"] !== "string") return parameters;
  const { bash_command: _first, full_command: command, ...rest } = parameters;
  return { command, ...rest };
}

/** The instructions and the tools of a run: said once, with its first request. */
export function readSetting(events: readonly ClaudeEvent[]): { system: Message[]; tools: ToolDefinition[] } {
  const prompt = events.find(({ name }) => name === "system_prompt")?.said.text("system_prompt");
  const tools = events.filter(({ name }) => name === "tool").map(({ said }) => said.json("tool"));
  return {
    system: prompt === undefined ? [] : readMessages([{ role: "system", content: prompt }], "system"),
    tools: readTools(tools),
  };
}

/** What a tool was called with: whole on the span with detailed tracing, then as its record says it, then in short. */
export function argumentsOf(attrs: AttributeReader, record: AttributeReader | undefined): unknown {
  const input = attrs.text("tool_input") ?? record?.text("tool_input");
  if (input !== undefined) return jsonOf(withoutHeading(input));
  return (
    parametersOf(attrs) ??
    (record === undefined ? undefined : parametersOf(record)) ??
    compact({
      command: attrs.text("full_command"),
      file_path: attrs.text("file_path"),
      skill: attrs.text("skill_name"),
      subagent_type: attrs.text("subagent_type"),
    })
  );
}
