import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Microsoft Agent Framework: its agents, tools and model calls are GenAI's; this knows its workflows, whose
 * executors and edges are the nodes of a graph.
 *
 * @see https://learn.microsoft.com/agent-framework/user-guide/observability
 */
export const agentFramework: Dialect = {
  name: "agent-framework",
  speaks: (scope) => /^(agent_framework|(Experimental\.)?Microsoft\.Agents)/.test(scope),
  read,
};

const STEPS =
  /^(workflow\.(build|run|session)|workflow_invoke|executor\.process|edge_group\.process|message\.send)\b/;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const fields: Partial<LlmFields> = {};
  if (STEPS.test(span.name)) {
    fields.kind = "CHAIN";
    const name = take.text("executor.id", "workflow.name", "workflow_builder.name");
    const graphNode = compact({ id: take.text("executor.id"), name });
    if (graphNode !== undefined) fields.graphNode = graphNode;
    // .NET tells what an executor was given and what it made of it, where it may.
    fields.input = take.payload("executor.input");
    fields.output = take.payload("executor.output");
  }
  // A tool without parameters was called with Python's word for nothing.
  if (attrs.text("gen_ai.tool.call.arguments") === "None") fields.tool = { arguments: {} };
  return { fields, fallback: { error: readError(span) }, claimed: take.claimed, notes: take.notes };
}

/** What went wrong in a workflow or in building it, where no exception was recorded. */
function readError(span: WireSpan): LlmFields["error"] {
  const event = span.events.findLast(({ name }) => name === "workflow.error" || name === "build.error");
  if (event === undefined) return undefined;
  const told = new AttributeReader(event.attributes);
  return compact({
    type: told.text("error.type") ?? told.text("build.error.type"),
    message: told.text("error.message") ?? told.text("build.error.message"),
  });
}
