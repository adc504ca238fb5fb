import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { providerOf } from "../normalise/provider.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Azure's prompt flow: `@trace`, its flows, and the OpenAI client that it wraps. A call's request and its answer stand
 * whole in `inputs` and `output`, a streamed answer in its pieces.
 *
 * @see https://microsoft.github.io/promptflow/reference/trace-span-spec-reference.html
 */
export const promptflow: Dialect = { name: "promptflow", speaks, speaksOtherwise, read };

function speaks(scope: string): boolean {
  return scope === "promptflow";
}

function speaksOtherwise(_span: WireSpan, attrs: AttributeReader): boolean {
  return attrs.text("framework") === "promptflow";
}

const KINDS: Record<string, SpanKind> = {
  LLM: "LLM",
  Embedding: "EMBEDDING",
  Retrieval: "RETRIEVER",
  Tool: "TOOL",
  Function: "CHAIN",
  LangChain: "CHAIN",
  Flow: "CHAIN",
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("span_type") ?? "";
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const node = take.text("node_name");
  const fields: Partial<LlmFields> = {
    kind,
    input: take.payload("inputs"),
    output: take.payload("output"),
    promptTemplate: readPrompt(take),
    query: take.text("retrieval.query"),
    sessionId: take.text("session_id"),
    graphNode: node === undefined ? undefined : { id: node, name: node },
  };
  if (kind === "LLM" || kind === "EMBEDDING") readCall(take, fields);
  return { fields, claimed: take.claimed, notes: take.notes };
}

function readPrompt(take: AttributeTaker): LlmFields["promptTemplate"] {
  return compact({
    template: take.text("prompt.template"),
    variables: take.record("prompt.variables"),
  });
}

function readCall(take: AttributeTaker, fields: Partial<LlmFields>): void {
  const request = recordOf(take.attrs.json("inputs"));
  const answer = take.attrs.json("output");
  const pieces = Array.isArray(answer) ? answer.filter(isRecord) : [];
  const whole = recordOf(answer);
  const model = textOf(request["model"]);
  const client = take.text("function") ?? "";
  fields.requestModel = model;
  fields.responseModel = take.text("llm.response.model");
  fields.provider = providerOf(client.startsWith("openai.") ? "openai" : undefined, model);
  fields.invocationParameters = readInvocationParameters(request);
  fields.tools = Array.isArray(request["tools"]) ? readTools(request["tools"]) : [];
  fields.usage = {
    ...readUsageObject(take.members("llm.usage.")),
    ...readUsageObject(pieces.findLast((piece) => isRecord(piece["usage"]))?.["usage"] ?? whole["usage"]),
  };
  if (fields.kind === "EMBEDDING") {
    fields.embeddings = readEmbeddings(firstOf(request, "input"), whole["data"]);
    return;
  }
  const said = take.json("llm.generated_message");
  if (pieces.length === 0) return;
  fields.streaming = true;
  fields.responseId = textOf(pieces[0]?.["id"]);
  fields.finishReasons = pieces.flatMap(reasonOf);
  if (said !== undefined)
    fields.outputMessages = readMessages([isRecord(said) ? said : { content: said }], "assistant");
}

function reasonOf(piece: Record<string, unknown>): string[] {
  const choices = Array.isArray(piece["choices"]) ? piece["choices"].filter(isRecord) : [];
  return choices.flatMap((choice) => {
    const reason = textOf(choice["finish_reason"]);
    return reason === undefined ? [] : [finishReasonOf(reason)];
  });
}

function recordOf(value: unknown): Record<string, unknown> {
  const opened = jsonOf(value);
  return isRecord(opened) ? opened : {};
}
