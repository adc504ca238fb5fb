import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readIdentity } from "../normalise/identity.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

const OWN = "cloudflare.agents.";

/**
 * Cloudflare's Agents SDK around the Vercel AI SDK: GenAI's names, and under its own why the answer ended, the total of
 * tokens, and what the application told it. Waiting for somebody's approval is no run of a tool.
 *
 * @see https://developers.cloudflare.com/agents/
 */
export const cloudflareAgents: Dialect = {
  name: "cloudflare-agents",
  speaks: (_scope, keys) => keys.has(`${OWN}integration.name`),
  read,
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const isApproval = take.text(`${OWN}operation.name`) === "tool.approval";
  const totalTokens = take.count(`${OWN}usage.total_tokens`);
  const metadata = { ...take.members(`${OWN}metadata.`), ...take.members(`${OWN}runtime_context.`) };
  const fields: Partial<LlmFields> = {
    kind: isApproval ? "CHAIN" : undefined,
    finishReasons: take.strings(`${OWN}response.finish_reason`).map(finishReasonOf),
    usage: totalTokens === undefined ? {} : { totalTokens },
    ...readIdentity(Object.keys(metadata).length === 0 ? undefined : metadata),
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}
