import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
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
  detect: (span) => /^(agent_framework|(Experimental\.)?Microsoft\.Agents)/.test(span.scope.name),
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
  }
  const type = take.text("build.error.type");
  const message = take.text("build.error.message");
  const error = compact({ type, message });
  if (error !== undefined) fields.error = error;
  return { fields, claimed: take.claimed, notes: take.notes };
}
