import { REDACTED, type Message, type MessagePart } from "@nightowl/model/span/message";
import type { WireSpan } from "@nightowl/model/span/span";
import { mergeAssistantMessages } from "../../normalise/read-messages.ts";
import { jsonText } from "../../normalise/record.ts";

/** Parts of a request that some instrumentations do not flatten: audio, files, videos; but no pictures. */
const UNFLATTENED =
  /"type"\s*:\s*"(input_audio|file|input_file|video_url|document)"|"mime_?[tT]ype"\s*:\s*"(application\/(?!json)|audio|video)|"(document|video|audio)"\s*:\s*\{\s*"(format|name|source)"/;
/** Ollama's pictures, beside the text. */
const BARE_IMAGES = /"images"\s*:\s*\["/;
/** Instructions beside the messages of a request. */
const INSTRUCTIONS = /"(system|systemInstruction|system_instruction|instructions)"\s*:\s*["[{]/;
/** What a provider's own tools did: OpenAI's items (`web_search_call`), Anthropic's blocks (`server_tool_use`). */
const HOSTED =
  /"type"\s*:\s*"((?!(function|(custom_|invalid_)?tool)_call")\w+_call|server_tool_use|mcp_tool_use|\w+_tool_result)"/;
/** Reasoning in an answer, of whatever provider. */
const THOUGHTS =
  /"type"\s*:\s*"(redacted_thinking|summary_text)"|"(thinking|reasoning_content|reasoning|tool_plan)"\s*:\s*"[^"]|"type"\s*:\s*"reasoning_content"|"thought"\s*:\s*(true|"[^"])|"reasoningText"/;
/** Instrumentations that keep an answer's finish reason in what they print of it only. */
const PRINTERS = /^openinference\.instrumentation\.(haystack|autogen_agentchat)$/;

/** Whether a request holds what its flattened messages do not. A suspicion: {@link adoptWhole} has the last word. */
export function isCutRequest(messages: readonly Message[], request: string): boolean {
  if (messages.length === 0 || messages.some(isHidden)) return false;
  if (messages.some(isIncomplete) || messages.some(hasPart("raw"))) return true;
  if (messages[0]?.role !== "system" && INSTRUCTIONS.test(request)) return true;
  if (isLackingThoughts(messages, request)) return true;
  if (BARE_IMAGES.test(request) && !messages.some(hasPart("image"))) return true;
  if (UNFLATTENED.test(request) && !messages.some(hasPart("audio", "file"))) return true;
  return HOSTED.test(request);
}

/** Whether an answer, of which so many choices were asked for, holds what its flattened messages do not. */
export function isCutAnswer(
  messages: readonly Message[],
  answer: string,
  choiceCount: number,
  span: WireSpan,
): boolean {
  if (messages.length === 0 || messages.some(isHidden)) return false;
  if (messages.some(isIncomplete) || PRINTERS.test(span.scope.name)) return true;
  if (messages.length < choiceCount || HOSTED.test(answer)) return true;
  return isLackingThoughts(messages, answer);
}

function isLackingThoughts(messages: readonly Message[], whole: string): boolean {
  return THOUGHTS.test(whole) && !messages.some(hasPart("reasoning"));
}

const hasPart =
  (...types: MessagePart["type"][]) =>
  ({ parts }: Message) =>
    parts.some((part) => types.includes(part.type));

/** What was masked is not taken from elsewhere. */
const isHidden = ({ parts }: Message) =>
  parts.some((part) => part.type === "raw" && jsonText(part.value).includes(REDACTED));

/** Nothing but a role, a call that no answer can name, or an answer that names no call or says nothing. */
function isIncomplete(message: Message): boolean {
  if (message.parts.length === 0) return true;
  const isEmpty = message.parts.every((part) => part.type === "tool_result" && part.result === "");
  if (message.role === "tool" && (message.toolCallId === undefined || isEmpty)) return true;
  return message.parts.some((part) => part.type === "tool_call" && part.id === undefined);
}

/**
 * The `whole` messages where they are those of the list, said more fully: as much was said by the same speakers, none of it
 * less, and no answer of a tool is missing. Instructions may stand elsewhere in the whole. Else the messages as they were.
 */
export function adoptWhole(messages: readonly Message[], whole: readonly Message[]): Message[] {
  const [own, theirs] = [turns(messages), turns(whole)];
  const isSame =
    own.length === theirs.length &&
    own.every((message, index) => {
      const other = theirs[index] as Message;
      return other.role === message.role && worthOf(other) >= worthOf(message);
    });
  const answers = (list: readonly Message[]) => list.filter((message) => message.role === "tool").length;
  if (!isSame || answers(whole) < answers(messages)) return [...messages];
  const instructions = messages.filter(({ role, parts }) => role === "system" && parts.length > 0);
  const adopted =
    instructions.length === 0 ? [...whole] : [...instructions, ...whole.filter(isNoInstruction)];
  return sum(adopted.map(worthOf)) > sum(messages.map(worthOf)) ? adopted : [...messages];
}

/**
 * The `whole` answer where it says what the messages say, and more: every text of theirs, and as many calls. What the
 * provider's own tools did may have been told in messages of its own.
 */
export function adoptAnswer(messages: readonly Message[], whole: readonly Message[]): Message[] {
  const adopted = adoptWhole(messages, whole);
  if (sum(whole.map(worthOf)) <= sum(adopted.map(worthOf))) return adopted;
  // Some have told thoughts as if they were said.
  const texts = new Set([...whole.flatMap(textsOf), ...whole.flatMap(thoughtsOf)]);
  const calls = (list: readonly Message[]) =>
    list.flatMap(({ parts }) => parts.filter((part) => part.type === "tool_call")).length;
  const isSaid = messages.flatMap(textsOf).every((text) => texts.has(text));
  return isSaid && calls(whole) >= calls(messages) ? [...whole] : adopted;
}

const thoughtsOf = ({ parts }: Message) =>
  parts.flatMap((part) => (part.type === "reasoning" ? [part.text] : []));
const textsOf = ({ parts }: Message) => parts.flatMap((part) => (part.type === "text" ? [part.text] : []));

/**
 * Who spoke when, without instructions and answers of tools; what a model did in a row, of which a list may have left out
 * steps, as one. What a user said right after such an answer is left out:
 * Anthropic has the two in one message, which a list may have as one.
 */
const turns = (messages: readonly Message[]) =>
  mergeAssistantMessages(messages).filter(
    (message, index, merged) =>
      isSpoken(message) && !(message.role === "user" && isAnswer(message, merged[index - 1])),
  );

/** What is said in the user's name right after a tool's answer, or holds nothing that its list would tell. */
const isAnswer = ({ parts }: Message, before: Message | undefined) =>
  before?.role === "tool" || (before?.role === "assistant" && parts.length === 0);

const isNoInstruction = ({ role }: Message) => role !== "system";
const isSpoken = ({ role }: Message) => role !== "system" && role !== "tool";

/** How much a message says: its parts, what is known of them (a call's id, that a text was a thought), and why it ended. */
function worthOf({ parts, toolCallId, finishReason }: Message): number {
  const known = parts.filter(
    (part) => part.type === "reasoning" || (part.type === "tool_call" && part.id !== undefined),
  );
  return parts.length + known.length + Number(toolCallId !== undefined) + Number(finishReason !== undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
