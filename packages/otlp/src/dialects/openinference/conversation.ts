import type { Message, ToolDefinition } from "@nightowl/model/span/message";
import type { Payload, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { mergeAssistantMessages, rawMessages, readMessages } from "../../normalise/read-messages.ts";
import { readParts } from "../../normalise/read-parts.ts";
import { readPromptPayload, textMessage } from "../../normalise/read-payloads.ts";
import { readTools } from "../../normalise/read-tools.ts";
import { firstOf, isRecord } from "../../normalise/record.ts";
import { undot } from "../../normalise/unflatten.ts";
import type { AttributeTaker } from "../dialect.ts";
import { readAgentInput } from "./bedrock-agent.ts";
import { plainMessage, plainPart } from "./messages.ts";
import { adoptAnswer, adoptWhole, isCutAnswer, isCutRequest } from "./whole-messages.ts";
import { openReprs } from "./python-reprs.ts";
import { readAnswer } from "./read-answer.ts";

/** What else of a span its conversation is read from. */
export interface ConversationSource {
  span: WireSpan;
  kind: SpanKind | undefined;
  input: Payload | undefined;
  output: Payload | undefined;
  settings: Record<string, unknown> | undefined;
}

export interface Conversation {
  inputMessages: Message[];
  outputMessages: Message[];
  /** Values that are no messages, shown where no dialect has any. */
  rawInput: Message[];
  rawOutput: Message[];
  /** What the request offered, for where it was not flattened. */
  tools: ToolDefinition[];
}

/**
 * The messages of a span: flattened, or as texts of the old completions API. What an instrumentation left out as it
 * flattened them (files, reasoning, ids of calls, a tool's answer) is taken from the whole request or answer on the same span.
 */
export function readConversation(source: ConversationSource, take: AttributeTaker): Conversation {
  const sent = take.list("llm.input_messages");
  const answered = take.list("llm.output_messages");
  return {
    inputMessages: withImages(readInput(sent.items, source, take), "input", source, take),
    outputMessages: withImages(readOutput(answered.items, source, take), "output", source, take),
    rawInput: rawMessages(sent.raw, "user"),
    rawOutput: rawMessages(answered.raw, "assistant"),
    tools: offeredTools(source),
  };
}

const IMAGES = { input: "input.images.", output: "output.images." };

/** Pictures of a whole span's input or output, beside its text. */
function withImages(
  messages: Message[],
  side: "input" | "output",
  source: ConversationSource,
  take: AttributeTaker,
): Message[] {
  if (take.attrs.keysWithPrefix(IMAGES[side]).length === 0) return messages;
  const parts = take
    .list(`${side}.images`)
    .items.flatMap((item) => readParts(plainPart({ message_content: item })));
  const said = messages.length > 0 ? messages : readPayloadText(source[side], ROLES[side]);
  const last = said.at(-1) ?? { role: ROLES[side], parts: [] };
  return [...said.slice(0, -1), { ...last, parts: [...last.parts, ...parts] }];
}

const ROLES = { input: "user", output: "assistant" };

function readPayloadText(payload: Payload | undefined, role: string): Message[] {
  return payload === undefined ? [] : textMessage(payload.value, role);
}

function readInput(items: readonly unknown[], source: ConversationSource, take: AttributeTaker): Message[] {
  const { kind, input, settings } = source;
  let messages = readMessages(items.map(plainMessage), "user");
  if (isBedrock(source)) messages = readAgentInput(messages, input);
  if (kind === "LLM" && input !== undefined && isCutRequest(messages, input.value))
    messages = adoptWhole(messages, readPromptPayload(openReprs(input.value, source.span)));
  // A role alone says nothing that the raw input does not say better.
  if (!messages.some((message) => message.parts.length > 0)) messages = [];
  if (messages.length > 0) messages = [...instructionsOf(settings, messages), ...messages];
  else messages = readTexts(take, "llm.prompts", "prompt", "user");
  // Of a model that takes no messages, the prompt is among the settings.
  if (messages.length === 0 && input === undefined && settings !== undefined && kind === "LLM")
    messages = readPromptPayload(settings);
  if (messages.length === 0 && kind === "AGENT" && isAutogen(source))
    messages = readPromptPayload(openReprs(input?.value, source.span));
  return isGemini(source) ? withStepsBetween(messages, source, take) : messages;
}

function readOutput(items: readonly unknown[], source: ConversationSource, take: AttributeTaker): Message[] {
  const { kind, output, settings } = source;
  const choiceCount = numberOf(settings?.["n"]) ?? 1;
  let messages = readMessages(items.map(plainMessage), "assistant");
  if (kind === "AGENT") messages = mergeSteps(messages);
  else if (choiceCount <= 1) messages = mergeAssistantMessages(messages);
  if (kind === "LLM" && output !== undefined && isCutAnswer(messages, output.value, choiceCount, source.span))
    messages = adoptAnswer(messages, readAnswer(output.value, source.span));
  // A call that failed may answer with an empty message.
  messages = messages.filter(({ parts, finishReason }) => parts.length > 0 || finishReason !== undefined);
  return messages.length > 0 ? messages : readTexts(take, "llm.choices", "completion", "assistant");
}

/** The pieces of each step of an agent as one message: what is said after calls is said once they were answered. */
function mergeSteps(messages: readonly Message[]): Message[] {
  const steps: Message[][] = [];
  for (const message of messages) {
    const step = steps.at(-1);
    const isOver = step?.at(-1)?.parts.some((part) => part.type === "tool_call") === true;
    const isNext = isOver && message.parts.some((part) => part.type !== "tool_call");
    if (step === undefined || isNext) steps.push([message]);
    else step.push(message);
  }
  return steps.flatMap((step) => mergeAssistantMessages(step));
}

const isBedrock = ({ span }: ConversationSource) =>
  /^(openinference\.instrumentation\.bedrock|@arizeai\/openinference-instrumentation-bedrock-agent)/.test(
    span.scope.name,
  );
const isGemini = ({ span }: ConversationSource) =>
  span.scope.name === "openinference.instrumentation.google_genai";
const isAutogen = ({ span }: ConversationSource) =>
  span.scope.name === "openinference.instrumentation.autogen_agentchat";

/** Anthropic's and Responses' instructions stand beside the messages; some instrumentations leave them there. */
function instructionsOf(
  settings: Record<string, unknown> | undefined,
  messages: readonly Message[],
): Message[] {
  const content = settings === undefined ? undefined : firstOf(settings, "system", "instructions");
  if (messages[0]?.role === "system" || content === undefined) return [];
  return readMessages([{ role: "system", content }], "system").filter((message) => message.parts.length > 0);
}

/**
 * Google's SDK calls tools by itself: the model's calls and their answers lie between the question and the last answer,
 * all in one span. The answer tells the whole history; the attributes without a list tell the calls alone.
 */
function withStepsBetween(
  messages: readonly Message[],
  { output }: ConversationSource,
  take: AttributeTaker,
): Message[] {
  const { items: calls } = take.list("message.tool_calls");
  if (calls.length === 0) return [...messages];
  const answer = output === undefined ? undefined : jsonOf(output.value);
  const history = isRecord(answer) ? answer["automatic_function_calling_history"] : undefined;
  const instructions = messages.filter((message) => message.role === "system");
  if (Array.isArray(history)) return [...instructions, ...readMessages(history, "user")];
  return [
    ...messages,
    ...readMessages([plainMessage({ role: "assistant", tool_calls: calls })], "assistant"),
  ];
}

/** The tools in the request itself, or among its settings. */
function offeredTools({ kind, input, settings, span }: ConversationSource): ToolDefinition[] {
  if (Array.isArray(settings?.["tools"])) return readTools(settings["tools"]);
  if (kind !== "LLM" || input === undefined || span.droppedAttributesCount > 0) return [];
  if (!/"tools"\s*:\s*\[/.test(input.value)) return [];
  const request = openReprs(input.value, span);
  const tools = isRecord(request) ? request["tools"] : undefined;
  return Array.isArray(tools) ? readTools(tools.filter(isRecord)) : [];
}

/** The old completions API: a list of texts, each bare or under `prompt.text` or `completion.text`. */
function readTexts(take: AttributeTaker, key: string, level: string, role: string): Message[] {
  return take.list(key).items.flatMap((item) => {
    const opened = undot(item);
    const inner = isRecord(opened) && isRecord(opened[level]) ? opened[level] : opened;
    const text = isRecord(inner) ? textOf(inner["text"]) : textOf(inner);
    return text === undefined ? [] : [{ role, parts: [{ type: "text" as const, text }] }];
  });
}
