import { textOf } from "@nightowl/model/span/attribute-reader";
import { compact, isRecord } from "./record.ts";

type Item = Record<string, unknown>;

/** What parts of a model's answer are called there, and elsewhere. */
const ANSWER_TYPES: Record<string, string> = {
  text: "text",
  thinking: "thinking",
  "tool-call": "tool_call",
  "builtin-tool-call": "server_tool_call",
  "builtin-tool-return": "server_tool_call_response",
  file: "binary",
};

/**
 * A message of Pydantic AI's own history (`{kind: "request", parts: [{part_kind: "user-prompt", …}]}`) as the messages
 * that other frameworks would have sent: one for each part of a request, one for an answer. Anything else → `undefined`.
 */
export function openPydanticMessage(item: Item): Item[] | undefined {
  const parts = item["parts"];
  if (!Array.isArray(parts) || !isRecord(parts[0]) || parts[0]["part_kind"] === undefined) return undefined;
  const known = parts.filter(isRecord);
  if (item["kind"] === "response")
    return [
      {
        role: "assistant",
        content: known.map(answerPart),
        ...compact({ finish_reason: item["finish_reason"] }),
      },
    ];
  const instructions = textOf(item["instructions"]);
  const said = known.map(requestPart);
  return instructions === undefined ? said : [{ role: "system", content: instructions }, ...said];
}

function answerPart(part: Item): Item {
  const kind = textOf(part["part_kind"]) ?? "";
  const type = Object.hasOwn(ANSWER_TYPES, kind) ? ANSWER_TYPES[kind] : undefined;
  if (type === undefined) return part;
  const id = part["tool_call_id"] ?? part["id"];
  const content = isRecord(part["content"]) && kind === "file" ? part["content"] : {};
  return { ...part, ...content, part_kind: undefined, id, type };
}

function requestPart(part: Item): Item {
  const { content, tool_name: name, tool_call_id: id } = part;
  switch (part["part_kind"]) {
    case "system-prompt":
      return { role: "system", content };
    case "user-prompt":
      return { role: "user", content: Array.isArray(content) ? content.map(userPart) : content };
    case "tool-return":
      return { role: "tool", content: [{ type: "tool_result", id, name, content }] };
    case "retry-prompt":
      return name === undefined || name === null
        ? { role: "user", content }
        : { role: "tool", content: [{ type: "tool_result", id, name, content, is_error: true }] };
    default:
      return { role: "user", content: part };
  }
}

/** Pictures and files say what they are in `kind`: `image-url`, `binary`. */
function userPart(part: unknown): unknown {
  return isRecord(part) && part["type"] === undefined ? { ...part, type: part["kind"] } : part;
}
