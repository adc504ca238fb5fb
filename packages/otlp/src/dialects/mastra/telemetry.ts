import type { LlmFields, Note, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../../normalise/finish-reason.ts";
import { readIdentity } from "../../normalise/identity.ts";
import { readInvocationParameters } from "../../normalise/invocation-parameters.ts";
import { payloadOf } from "../../normalise/payload.ts";
import { providerOf } from "../../normalise/provider.ts";
import { readPromptPayload } from "../../normalise/read-payloads.ts";
import { readTools } from "../../normalise/read-tools.ts";
import { readUsageObject } from "../../normalise/read-usage.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import type { AttributeTaker, DialectReading } from "../dialect.ts";
import { readAnswer } from "./answer.ts";

/**
 * Mastra's telemetry of before its "AI tracing": every method of an agent, a workflow and of Mastra itself is a span
 * with its arguments (`agent.generate.argument.0`) and result. What calls a model is the AI SDK in its own names, or, in
 * the last versions, `mastra.stream` with `stream.*`: one span for all calls of a run, with the tokens of the last. Each
 * call is then the result of a step of the workflow that runs the agent.
 */
export function isTelemetrySpan(name: string, attrs: AttributeReader): boolean {
  if (attrs.has("mastra.operationId")) return true;
  const owner = /^(agent|workflow|mastra)\./.exec(name)?.[1];
  if (owner === undefined) return false;
  return (
    attrs.has("componentName") ||
    (owner === "mastra" && (attrs.has(`${name}.result`) || attrs.has(`${name}.argument.0`)))
  );
}

export function readTelemetry(span: WireSpan, take: AttributeTaker): DialectReading {
  const operation = take.text("mastra.operationId");
  const fields = operation === undefined ? readMethod(span.name, take) : readModelSpan(operation, take);
  if (operation !== undefined && fields.usage?.inputTokens !== undefined) take.notes.push(LAST_CALL);
  return { fields, isOfNoKind: fields.kind === undefined, claimed: take.claimed, notes: take.notes };
}

const LAST_CALL: Note = {
  code: "partial_usage",
  message:
    "Mastra's telemetry reports the tokens of a run's last call. Where tools ran before it, those of all calls are on its agent.",
};

/** The methods that do what an agent is for; the others prepare it. */
const RUN = /^agent\.(generate|stream|network|loop)(VNext|Legacy)?$/;

function kindOfMethod(name: string): SpanKind | undefined {
  if (RUN.test(name)) return "AGENT";
  return /^workflow\..+(\.execute$|\.step\.)/.test(name) ? "CHAIN" : undefined;
}

function readMethod(name: string, take: AttributeTaker): Partial<LlmFields> {
  const kind = kindOfMethod(name);
  const input = take.payload(`${name}.argument.0`);
  const result = take.attrs.get(`${name}.result`);
  const output = result === "[Not Serializable]" ? undefined : take.payload(`${name}.result`);
  const fields: Partial<LlmFields> = { kind, input, output };
  if (kind === "CHAIN") {
    fields.input = stepInput(input?.value) ?? input;
    return CALL.test(name) ? { ...fields, ...readStepCall(jsonOf(output?.value)) } : fields;
  }
  if (kind !== "AGENT") return fields;
  const options = jsonOf(take.attrs.get(`${name}.argument.1`));
  const answer = jsonOf(output?.value);
  const said = isRecord(answer) ? answer : {};
  const reason = textOf(said["finishReason"]);
  return {
    ...fields,
    ...readOwner(isRecord(options) ? options : {}, take),
    agentName: take.text("componentName"),
    inputMessages: input === undefined ? [] : readPromptPayload(input.value),
    outputMessages: readAnswer(answer),
    finishReasons: reason === undefined ? [] : [finishReasonOf(reason)],
    usage: readUsageObject(said["usage"]),
  };
}

const CALL = /\.step\.llm-execution$/;

/** `{metadata: {id, modelId, request, …}, stepResult: {reason}, output: {text, toolCalls, usage}}` of one call of a model. */
function readStepCall(result: unknown): Partial<LlmFields> {
  const metadata = memberOf(result, "metadata");
  const output = memberOf(result, "output");
  const usage = readUsageObject(output["usage"]);
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return {};
  const asked = memberOf(metadata, "modelMetadata");
  const body = memberOf(metadata["request"], "body");
  const requestModel = textOf(asked["modelId"]);
  const reason = textOf(memberOf(result, "stepResult")["reason"]);
  return {
    kind: "LLM",
    provider: providerOf(textOf(asked["modelProvider"]), requestModel),
    requestModel,
    responseModel: textOf(metadata["modelId"]),
    responseId: textOf(metadata["id"]),
    finishReasons: reason === undefined ? [] : [finishReasonOf(reason)],
    invocationParameters: readInvocationParameters(body),
    tools: Array.isArray(body["tools"]) ? readTools(body["tools"]) : [],
    inputMessages: readPromptPayload(body),
    outputMessages: readAnswer(output),
    usage,
  };
}

function memberOf(value: unknown, name: string): Record<string, unknown> {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : {};
}

/** `{runId, workflowId, inputData, …}`: what the step was given, without the machinery. */
function stepInput(value: string | undefined): LlmFields["input"] {
  const given = jsonOf(value);
  return isRecord(given) && given["inputData"] !== undefined ? payloadOf(given["inputData"]) : undefined;
}

/** `{threadId, resourceId}`, later `{memory: {thread, resource}}`, and on the spans below their own attributes. */
function readOwner(
  options: Record<string, unknown>,
  take: AttributeTaker,
): Pick<LlmFields, "sessionId" | "userId"> {
  const memory = isRecord(options["memory"]) ? options["memory"] : {};
  const thread = memory["thread"];
  return (
    compact({
      sessionId:
        textOf(options["threadId"]) ??
        textOf(isRecord(thread) ? thread["id"] : thread) ??
        take.text("threadId"),
      userId: textOf(options["resourceId"]) ?? textOf(memory["resource"]) ?? take.text("resourceId"),
    }) ?? {}
  );
}

function readModelSpan(operation: string, take: AttributeTaker): Partial<LlmFields> {
  const model = take.text("aisdk.model.id");
  const metadata = take.members("stream.telemetry.metadata.");
  const fields: Partial<LlmFields> = {
    kind: operation.endsWith(".toolCall") ? "TOOL" : operation.includes(".aisdk.") ? "CHAIN" : "LLM",
    provider: providerOf(take.text("aisdk.model.provider"), model),
    requestModel: model,
    responseModel: take.text("stream.response.model"),
    responseId: take.text("stream.response.id"),
    tools: readTools(take.list("stream.prompt.tools").items),
    tool: readTool(take),
    ...readIdentity(metadata),
  };
  if (fields.kind !== "LLM") return fields;
  const asked = take.json("stream.prompt.messages");
  const settings = take.members("stream.settings.") ?? {};
  const toolChoice = take.json("stream.prompt.toolChoice");
  return {
    ...fields,
    invocationParameters: readInvocationParameters({ ...settings, maxRetries: undefined, toolChoice }),
    finishReasons: take.strings("stream.response.finishReason").map(finishReasonOf),
    inputMessages: asked === undefined ? [] : readPromptPayload(asked),
    outputMessages: readAnswer(
      compact({
        text: take.text("stream.response.text"),
        toolCalls: take.json("stream.response.toolCalls"),
        object: take.json("stream.response.object"),
      }),
    ),
    usage: readUsage(take),
  };
}

function readTool(take: AttributeTaker): LlmFields["tool"] {
  return compact({
    name: take.text("stream.toolCall.toolName"),
    callId: take.text("stream.toolCall.toolCallId"),
    arguments: take.json("stream.toolCall.args"),
    result: take.json("stream.toolCall.result"),
  });
}

function readUsage(take: AttributeTaker): Usage {
  const count = (name: string) => take.count(`stream.usage.${name}`);
  return (
    compact({
      inputTokens: count("inputTokens"),
      outputTokens: count("outputTokens"),
      totalTokens: count("totalTokens"),
      cacheReadTokens: count("cachedInputTokens"),
      reasoningTokens: count("reasoningTokens"),
    }) ?? {}
  );
}
