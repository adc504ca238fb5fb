import { toolSpan } from "@nightowl/sdk";
import { z } from "zod";

/** Something that the model may call. `parameters` is the type of the arguments and, as JSON schema, what it is told. */
export interface Tool {
  name: string;
  description: string;
  parameters: z.ZodObject;
  run(args: never): unknown;
}

/** A tool as the chat completions API takes it. */
export interface ToolDefinition {
  type: "function";
  function: { name: string; description: string; parameters: Record<string, unknown> };
}

/** A call as the model writes it. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON, as far as the model got it right. */
  arguments: string;
}

export interface ToolRegistry {
  definitions: ToolDefinition[];
  /**
   * Runs a call and returns what the model is to read. A call that the model got wrong (no such tool, arguments that do
   * not fit, an id that does not exist) returns an error text, from which it can do better. Throws whatever else a tool
   * throws: that is a bug, and no model can mend it.
   */
  call(call: ToolCall): Promise<string>;
}

/** Thrown by a tool whose arguments fit their types and yet cannot be used. The message is written for the model. */
export class ToolInputError extends Error {
  override name = "ToolInputError";
}

/** A tool whose `run` takes what its `parameters` say. */
export function defineTool<Schema extends z.ZodObject>(tool: {
  name: string;
  description: string;
  parameters: Schema;
  run(args: z.infer<Schema>): unknown;
}): Tool {
  return tool as Tool;
}

/** Throws when two tools have one name. */
export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  if (byName.size < tools.length) throw new Error("two tools have the same name");

  function run(call: ToolCall): unknown {
    const tool = byName.get(call.name);
    if (!tool)
      throw new ToolInputError(`there is no tool ${call.name}; there are ${[...byName.keys()].join(", ")}`);
    return tool.run(parseArguments(tool, call.arguments) as never);
  }

  return {
    definitions: tools.map(toDefinition),
    async call(call) {
      const { description } = byName.get(call.name) ?? {};
      const options = { callId: call.id, ...(description === undefined ? {} : { description }) };
      try {
        return printResult(await toolSpan(call.name, call.arguments, () => run(call), options));
      } catch (error) {
        if (error instanceof ToolInputError) return `Error: ${error.message}`;
        throw error;
      }
    },
  };
}

function parseArguments(tool: Tool, json: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json || "{}");
  } catch (error) {
    throw new ToolInputError(`the arguments of ${tool.name} are not JSON: ${(error as Error).message}`);
  }
  const { success, data, error } = tool.parameters.safeParse(value);
  if (!success)
    throw new ToolInputError(`the arguments of ${tool.name} do not fit: ${z.prettifyError(error)}`);
  return data;
}

function toDefinition({ name, description, parameters }: Tool): ToolDefinition {
  // `input`: an argument with a default may be left out.
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: "input" });
  return { type: "function", function: { name, description, parameters: schema } };
}

function printResult(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result);
}
