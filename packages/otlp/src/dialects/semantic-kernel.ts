import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, textOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { pythonRepr } from "../normalise/python-literal.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Semantic Kernel, Python and .NET: GenAI's names, tools by name only, and in .NET an older set of names for tokens.
 * Its agents talk through a runtime that traces the messages between them (`agent_runtime process Writer`).
 *
 * @see https://learn.microsoft.com/semantic-kernel/concepts/enterprise-readiness/observability/
 */
export const semanticKernel: Dialect = {
  name: "semantic-kernel",
  speaks: (scope, keys) =>
    /^(semantic_kernel|Microsoft\.SemanticKernel|agent_runtime )/.test(scope) || keys.hasFamily("sk"),
  read,
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(span, attrs);
  const fields: Partial<LlmFields> = {
    kind,
    // Early versions have the function's name in the span's only.
    tool: kind === "TOOL" && !attrs.has("gen_ai.tool.name") ? { name: span.name } : undefined,
    // .NET says -1 where it does not know a count.
    usage:
      compact({
        inputTokens: known(take.number("gen_ai.response.prompt_tokens")),
        outputTokens: known(take.number("gen_ai.response.completion_tokens")),
      }) ?? {},
  };
  if (kind === "CHAIN") {
    fields.input = take.payload("gen_ai.tool.call.arguments");
    fields.output = take.payload("gen_ai.tool.call.result");
    const said = readPrinted(fields.output?.value ?? "");
    if (said !== undefined) fields.output = payloadOf(said);
  }
  const fallback: Partial<LlmFields> = { tools: readTools(take.strings("sk.available_functions")) };
  const maxTokens = take.number("gen_ai.request.max_token");
  if (maxTokens !== undefined) fields.invocationParameters = { max_tokens: maxTokens };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** What a prompt that was invoked as a function was answered: a list of messages as Python prints them. */
function readPrinted(text: string): string | undefined {
  const printed = text.startsWith("[ChatMessageContent(") ? pythonRepr(text) : undefined;
  if (!Array.isArray(printed)) return undefined;
  const items = printed.flatMap((message) => (isRecord(message) ? message["items"] : []));
  const texts = items.map((item) => (isRecord(item) ? textOf(item["text"]) : undefined));
  return texts.length > 0 && texts.every((each) => each !== undefined) ? texts.join("\n") : undefined;
}

function readKind(span: WireSpan, attrs: AttributeReader): SpanKind | undefined {
  const operation = attrs.text("gen_ai.operation.name");
  if (operation !== undefined && /^(chat|text)[._]completions$/.test(operation)) return "LLM";
  if (span.scope.name.endsWith(".functions.kernel_function")) return functionKind(span, attrs);
  const isStep = /^(AutoFunctionInvocationLoop$|agent_runtime )/.test(span.name);
  return isStep ? "CHAIN" : undefined;
}

/** A function of a plugin is `plugin-function`. A prompt that was invoked as a function has a name made up for it. */
function functionKind(span: WireSpan, attrs: AttributeReader): SpanKind {
  const name = attrs.text("gen_ai.tool.name") ?? span.name;
  return name.includes("-") || attrs.has("gen_ai.tool.call.id") ? "TOOL" : "CHAIN";
}

function known(count: number | undefined): number | undefined {
  return count !== undefined && count >= 0 ? count : undefined;
}
