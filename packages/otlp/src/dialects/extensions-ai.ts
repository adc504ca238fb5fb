import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Microsoft.Extensions.AI, the chat clients of .NET: GenAI's names. This knows the span around calls and their tools,
 * which has no attributes but the sum of their tokens, and the names of versions before 9.7.
 *
 * @see https://learn.microsoft.com/dotnet/ai/microsoft-extensions-ai
 */
export const extensionsAi: Dialect = {
  name: "extensions-ai",
  speaks: (scope) => scope === "Experimental.Microsoft.Extensions.AI",
  read,
};

/** The later name, and those of before 10. */
const AROUND = /^(orchestrate_tools$|FunctionInvokingChatClient\b)/;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const fields: Partial<LlmFields> = {
    usage:
      compact({
        inputTokens: take.count("gen_ai.response.input_tokens"),
        outputTokens: take.count("gen_ai.response.output_tokens"),
      }) ?? {},
  };
  if (AROUND.test(span.name)) fields.kind = "CHAIN";
  else if (!attrs.hasFamily("gen_ai")) {
    // Before 9.5 a function's span has its name, and nothing else.
    fields.kind = "TOOL";
    fields.tool = { name: span.name };
  }
  return { fields, claimed: take.claimed, notes: take.notes };
}
