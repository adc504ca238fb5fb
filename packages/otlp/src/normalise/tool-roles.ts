import { textOf } from "@nightowl/model/span/attribute-reader";
import { isRecord } from "./record.ts";

type Item = Record<string, unknown>;

/**
 * Messages in which a tool's answer has the tool's name for a role, as Langfuse's handler of LangChain writes them: with
 * the role `tool`, and the id of the call that it answers. A name that no open call has is left alone.
 */
export function withToolRoles(items: readonly unknown[]): readonly unknown[] {
  const open: Item[] = [];
  return items.map((item) => {
    if (!isRecord(item)) return item;
    if (Array.isArray(item["tool_calls"])) open.push(...item["tool_calls"].filter(isRecord));
    if (open.length === 0) return item;
    const name = textOf(item["role"]);
    const index = name === undefined ? -1 : open.findIndex((call) => nameOf(call) === name);
    const [call] = index < 0 ? [] : open.splice(index, 1);
    return call === undefined ? item : { ...item, role: "tool", name, tool_call_id: call["id"] };
  });
}

function nameOf(call: Item): unknown {
  return isRecord(call["function"]) ? call["function"]["name"] : call["name"];
}
