import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { openMessage } from "../../normalise/open-message.ts";
import { pythonLiteral } from "../../normalise/python-literal.ts";
import { isRecord } from "../../normalise/record.ts";
import { undot } from "../../normalise/unflatten.ts";

/**
 * One item of `llm.input_messages` or `llm.output_messages`, brought to the shape that providers use
 * (`{role, content, tool_calls, …}`). It may come nested under `message`, with dotted keys inside JSON, or
 * already plain; what is no object comes back as it is.
 */
export function plainMessage(item: unknown): unknown {
  const opened = openItem(item);
  const message = innerOf(opened, "message");
  if (!isRecord(message)) return message;
  const results = isRecord(opened) ? opened["function"] : undefined;
  if (Array.isArray(results)) return { ...message, content: results.map(functionResult) };
  const contents = jsonOf(message["contents"]);
  const calls = jsonOf(message["tool_calls"]);
  const functionName = message["function_call_name"];
  const hasContents = Array.isArray(contents) && contents.length > 0;
  if (!hasContents && !Array.isArray(calls) && functionName === undefined)
    return ownWords(openMessage(message));
  const plain = { ...message };
  if (hasContents) plain["content"] = withContent(contents.map(plainPart), message["content"]);
  if (Array.isArray(calls)) plain["tool_calls"] = calls.map((call) => innerOf(openItem(call), "tool_call"));
  // In a function's answer it is the function's name.
  if (functionName !== undefined && message["role"] === "function") plain["name"] = functionName;
  else if (functionName !== undefined) {
    plain["function_call"] = { name: functionName, arguments: message["function_call_arguments_json"] };
  }
  return ownWords(plain);
}

/** AutoGen's answers of several tools in one message. */
function functionResult(item: unknown): unknown {
  const result = jsonOf(item);
  return isRecord(result) ? { ...result, type: "tool_result" } : result;
}

/** smolagents' words for what a model did and what came of it: a list of calls as Python prints it, and their answers as one text. */
function ownWords(message: Record<string, unknown>): Record<string, unknown> {
  const { role, content } = message;
  if (role !== "tool-call" && role !== "tool-response") return message;
  const only: unknown = Array.isArray(content) && content.length === 1 ? content[0] : content;
  const text = isRecord(only) ? only["text"] : only;
  if (typeof text !== "string") return message;
  if (role === "tool-response")
    return { ...message, role: "tool", content: text.replace(/^Observation:\s*\n/, "") };
  const calls = pythonLiteral(text.replace(/^Calling tools:\s*/, ""));
  return Array.isArray(calls)
    ? { ...message, role: "assistant", content: undefined, contents: undefined, tool_calls: calls }
    : { ...message, role: "assistant" };
}

/** `{"<level>.a": …}` as `{<level>: {a: …}}`, also where it is JSON text. */
function openItem(item: unknown): unknown {
  return undot(typeof item === "string" && item.trimStart().startsWith("{") ? jsonOf(item) : item);
}

/** `{<level>: {a: …}}` and `{a: …}` are the same thing. */
function innerOf(item: unknown, level: string): unknown {
  if (!isRecord(item)) return item;
  const inner = item[level];
  return isRecord(inner) ? inner : item;
}

/** Some SDKs write the text both as `content` and in `contents`; where they differ, both are kept. */
function withContent(parts: unknown[], content: unknown): unknown[] {
  if (typeof content !== "string" || content === "") return parts;
  const texts = parts.map((part) => (isRecord(part) && typeof part["text"] === "string" ? part["text"] : ""));
  const isRepeated =
    texts.includes(content) || texts.join("") === content || texts.filter(Boolean).join("\n") === content;
  return isRepeated ? parts : [...parts, { type: "text", text: content }];
}

/** One item of `message.contents`, in the shape that providers use. */
export function plainPart(item: unknown): unknown {
  const opened = undot(item);
  if (!isRecord(opened)) return opened;
  const content = isRecord(opened["message_content"]) ? opened["message_content"] : opened;
  const call = isRecord(opened["tool_call"]) ? opened["tool_call"] : content["tool_call"];
  if (isRecord(call)) return { ...call, type: "tool_use" };
  const { image, audio, video, document } = content;
  const file = isRecord(video)
    ? (video["video"] ?? video)
    : isRecord(document)
      ? (document["document"] ?? document)
      : undefined;
  if (isRecord(file)) return { ...file, type: "file" };
  if (isRecord(image))
    return { ...content, type: "image", image: isRecord(image["image"]) ? image["image"] : image };
  if (isRecord(audio))
    return { ...content, type: "audio", audio: isRecord(audio["audio"]) ? audio["audio"] : audio };
  if (content["type"] === undefined && typeof content["text"] === "string")
    return { ...content, type: "text" };
  return content;
}
