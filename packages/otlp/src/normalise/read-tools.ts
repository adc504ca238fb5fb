import type { ToolDefinition } from "@nightowl/model/span/message";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { compact, firstOf, isRecord } from "./record.ts";

/**
 * Tool definitions in any shape that frameworks send: OpenAI's `{type, function: {…}}`, the flat
 * `{type, name, parameters}`, Anthropic's `input_schema`, `inputSchema`, `parametersJsonSchema`, Gemini's
 * `{functionDeclarations: […]}`, Bedrock's `{toolSpec: {…}}`, a bare name, or any of these as JSON text.
 * An item that names no tool is left out.
 */
export function readTools(items: readonly unknown[]): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const item of items) for (const tool of readTool(jsonOf(item))) tools.push(tool);
  return tools;
}

function readTool(item: unknown): ToolDefinition[] {
  if (typeof item === "string") return item.trim() === "" ? [] : [{ name: item, raw: item }];
  if (!isRecord(item)) return [];
  const declarations = firstOf(item, "functionDeclarations", "function_declarations");
  if (Array.isArray(declarations)) return declarations.filter(isRecord).flatMap((each) => readTool(each));
  // Bedrock wraps each tool in what it is; a point of its cache stands among them.
  if (isRecord(item["cachePoint"])) return [];
  const wrapped = firstOf(item, "function", "toolSpec", "systemTool");
  const inner = isRecord(wrapped) ? wrapped : item;
  // A provider's built-in tool has a type and no name.
  const name = textOf(inner["name"]) ?? textOf(item["name"]) ?? textOf(item["type"]);
  if (name === undefined || (name === "function" && inner["name"] === undefined)) return [];
  const schema = firstOf(
    inner,
    "parameters",
    "input_schema",
    "inputSchema",
    "parameters_json_schema",
    "parametersJsonSchema",
    "arguments",
  );
  const opened = jsonOf(schema);
  const parameters = isRecord(opened) && isRecord(opened["json"]) ? opened["json"] : opened;
  const rest = compact({ description: textOf(inner["description"]), parameters });
  return [{ name, ...rest, raw: item }];
}

/**
 * True when a value is a JSON schema, or the `properties` of one, and not the arguments of a call:
 * `{type: "object", …}`, `{properties: …}`, an object of nothing but `{type: …}` objects, or what a validator of
 * JavaScript's holds (`{_def, ~standard}`).
 */
export function isSchema(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value["type"] === "object" || isRecord(value["properties"])) return true;
  if (isRecord(value["~standard"])) return true;
  const members = Object.values(value);
  return (
    members.length > 0 && members.every((member) => isRecord(member) && typeof member["type"] === "string")
  );
}
