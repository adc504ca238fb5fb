import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { WireSpan } from "@nightowl/model/span/span";

/** Parts of a request that some instrumentations do not flatten: audio, files, videos; but no pictures. */
const UNFLATTENED =
  /"type"\s*:\s*"(input_audio|file|input_file|video_url|document)"|"mime_?[tT]ype"\s*:\s*"(application\/(?!json)|audio|video)|"(document|video|audio)"\s*:\s*\{\s*"(format|name|source)"/;
/** Ollama's pictures, beside the text. */
const BARE_IMAGES = /"images"\s*:\s*\["/;
/** Instructions beside the messages of a request. */
const INSTRUCTIONS = /"(system|systemInstruction|system_instruction|instructions)"\s*:\s*["[{]/;
/** Reasoning in an answer, of whatever provider. */
const THOUGHTS =
  /"(thinking|reasoning_content|reasoning|tool_plan)"\s*:\s*"[^"]|"type"\s*:\s*"reasoning_content"|"thought"\s*:\s*(true|"[^"])|"reasoningText"/;
/** Instrumentations that keep an answer's finish reason in what they print of it only. */
const PRINTERS = /^openinference\.instrumentation\.(haystack|autogen_agentchat)$/;

/** Whether a request holds what its flattened messages do not. A suspicion: {@link adoptWhole} has the last word. */
export function isCutRequest(messages: readonly Message[], request: string): boolean {
  if (messages.length === 0) return false;
  if (messages.some(isIncomplete)) return true;
  if (messages[0]?.role !== "system" && INSTRUCTIONS.test(request)) return true;
  if (isLackingThoughts(messages, request)) return true;
  if (BARE_IMAGES.test(request) && !messages.some(hasPart("image"))) return true;
  return UNFLATTENED.test(request) && !messages.some(hasPart("audio", "file"));
}

/** Whether an answer holds what its flattened messages do not. */
export function isCutAnswer(messages: readonly Message[], answer: string, span: WireSpan): boolean {
  if (messages.length === 0) return false;
  if (messages.some(isIncomplete) || PRINTERS.test(span.scope.name)) return true;
  return isLackingThoughts(messages, answer);
}

function isLackingThoughts(messages: readonly Message[], whole: string): boolean {
  return THOUGHTS.test(whole) && !messages.some(hasPart("reasoning"));
}

const hasPart =
  (...types: MessagePart["type"][]) =>
  ({ parts }: Message) =>
    parts.some((part) => types.includes(part.type));

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
  const [own, theirs] = [messages.filter(isSpoken), whole.filter(isSpoken)];
  const isSame =
    own.length === theirs.length &&
    own.every((message, index) => {
      const other = theirs[index] as Message;
      return other.role === message.role && worthOf(other) >= worthOf(message);
    });
  const answers = (list: readonly Message[]) => list.filter((message) => message.role === "tool").length;
  if (!isSame || answers(whole) < answers(messages)) return [...messages];
  const instructions = messages.filter((message) => message.role === "system");
  const adopted =
    instructions.length === 0 ? [...whole] : [...instructions, ...whole.filter(isNoInstruction)];
  return sum(adopted.map(worthOf)) > sum(messages.map(worthOf)) ? adopted : [...messages];
}

const isNoInstruction = ({ role }: Message) => role !== "system";
const isSpoken = ({ role }: Message) => role !== "system" && role !== "tool";

/** How much a message says: its parts, the ids that link it to others, and why it ended. */
function worthOf({ parts, toolCallId, finishReason }: Message): number {
  const ids = parts.filter((part) => part.type === "tool_call" && part.id !== undefined).length;
  return parts.length + ids + Number(toolCallId !== undefined) + Number(finishReason !== undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
