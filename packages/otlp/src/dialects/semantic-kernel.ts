import type { LlmFields } from "@nightowl/model/span/span";
import type { WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { readTools } from "../normalise/read-tools.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Semantic Kernel, Python and .NET: GenAI's names, tools by name only, and in .NET an older set of names for tokens.
 *
 * @see https://learn.microsoft.com/semantic-kernel/concepts/enterprise-readiness/observability/
 */
export const semanticKernel: Dialect = {
  name: "semantic-kernel",
  detect: (span, attrs) =>
    /^(semantic_kernel|Microsoft\.SemanticKernel)/.test(span.scope.name) || attrs.hasFamily("sk"),
  read,
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = attrs.text("gen_ai.operation.name");
  const fields: Partial<LlmFields> = {
    // .NET says `chat.completions`, and -1 where it does not know a count.
    kind: operation === "chat.completions" || operation === "text.completions" ? "LLM" : undefined,
    usage:
      compact({
        inputTokens: known(take.number("gen_ai.response.prompt_tokens")),
        outputTokens: known(take.number("gen_ai.response.completion_tokens")),
      }) ?? {},
  };
  const fallback: Partial<LlmFields> = { tools: readTools(take.strings("sk.available_functions")) };
  const maxTokens = take.number("gen_ai.request.max_token");
  if (maxTokens !== undefined) fields.invocationParameters = { max_tokens: maxTokens };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

function known(count: number | undefined): number | undefined {
  return count !== undefined && count >= 0 ? count : undefined;
}
