import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * AutoGen: its agents and tools are GenAI's; this knows the messages between agents (`autogen process weather_agent`),
 * which are steps of a run, and the tools of before 0.6, in names of their own. Model calls are traced by whatever
 * instruments their client.
 *
 * @see https://microsoft.github.io/autogen/stable/user-guide/core-user-guide/framework/telemetry.html
 */
export const autogen: Dialect = {
  name: "autogen",
  speaks: (scope) => scope.startsWith("autogen") || scope === "base_tool",
  read,
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const fields = span.name.startsWith("autogen ") ? readMessage(take) : readTool(take);
  return { fields, claimed: take.claimed, notes: take.notes };
}

function readMessage(take: AttributeTaker): Partial<LlmFields> {
  const fields: Partial<LlmFields> = { kind: "CHAIN" };
  if (take.attrs.text("message") !== "No Message") fields.input = take.payload("message");
  // A team gives each of its agents a name of its own for the run.
  const agentName = take.text("recipient_agent_type");
  fields.agentName = agentName?.replace(/_[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, "");
  return fields;
}

function readTool(take: AttributeTaker): Partial<LlmFields> {
  const name = take.text("tool_name");
  if (name === undefined) return {};
  const tool = compact({
    name,
    description: take.text("tool_description"),
    arguments: take.json("tool_args"),
  });
  return { kind: "TOOL", tool, displayName: name };
}
