import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { WireSpan } from "@nightowl/model/span/span";

/** Parts of a request that some instrumentations do not flatten: audio, files, videos; but no pictures. */
const UNFLATTENED =
  /"type"\s*:\s*"(input_audio|file|input_file|video_url|document)"|"mime_?[tT]ype"\s*:\s*"(application\/(?!json)|audio|video)|"(document|video|audio)"\s*:\s*\{\s*"(format|name|source)"/;
/** Reasoning in an answer, of whatever provider. */
const THOUGHTS =
  /"(thinking|reasoning_content|reasoning)"\s*:\s*"[^"]|"thought"\s*:\s*(true|"[^"])|"reasoningText"/;
/** Instrumentations that keep an answer's finish reason in what they print of it only. */
const PRINTERS = /^openinference\.instrumentation\.(haystack|autogen_agentchat)$/;

/** Whether a request holds what its flattened messages do not. A suspicion: {@link adoptWhole} has the last word. */
export function isCutRequest(messages: readonly Message[], request: string): boolean {
  if (messages.some(isIncomplete)) return true;
  return UNFLATTENED.test(request) && !messages.some((message) => message.parts.some(isMedia));
}

/** Whether an answer holds what its flattened messages do not. */
export function isCutAnswer(messages: readonly Message[], answer: string, span: WireSpan): boolean {
  if (messages.length === 0) return false;
  if (messages.some(isIncomplete) || PRINTERS.test(span.scope.name)) return true;
  return THOUGHTS.test(answer) && !messages.some((message) => message.parts.some(isThought));
}

const isMedia = (part: MessagePart) => part.type === "audio" || part.type === "file";
const isThought = (part: MessagePart) => part.type === "reasoning";

/** Nothing but a role, a call that no answer can name, or an answer that names no call. */
function isIncomplete(message: Message): boolean {
  if (message.parts.length === 0) return true;
  if (message.role === "tool" && message.toolCallId === undefined) return true;
  return message.parts.some((part) => part.type === "tool_call" && part.id === undefined);
}

/**
 * The `whole` messages where they are those of the list, said more fully: as many, by the same speakers, and none of them
 * poorer. Instructions may stand elsewhere in the whole. Else the messages as they were.
 */
export function adoptWhole(messages: readonly Message[], whole: readonly Message[]): Message[] {
  const isSaid = (message: Message) => message.role !== "system";
  const [own, others] = [messages.filter(isSaid), whole.filter(isSaid)];
  const isSame =
    own.length === others.length &&
    own.every((message, index) => {
      const other = others[index] as Message;
      return other.role === message.role && worthOf(other) >= worthOf(message);
    });
  if (!isSame || sum(others.map(worthOf)) <= sum(own.map(worthOf))) return [...messages];
  const instructions = messages.filter((message) => !isSaid(message));
  const theirs = whole.filter((message) => !isSaid(message));
  return [...(instructions.length > 0 ? instructions : theirs), ...others];
}

/** How much a message says: its parts, the ids that link it to others, and why it ended. */
function worthOf({ parts, toolCallId, finishReason }: Message): number {
  const ids = parts.filter((part) => part.type === "tool_call" && part.id !== undefined).length;
  return parts.length + ids + Number(toolCallId !== undefined) + Number(finishReason !== undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
