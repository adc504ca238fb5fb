import { isDeepStrictEqual } from "node:util";
import { describeMessage } from "@nightowl/otlp/normalise/expectations.fixture";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { Message } from "@nightowl/model/span/message";
import type { Span } from "@nightowl/model/span/span";
import type { Check, InteropClient, Scenario } from "./clients.ts";
import type { SaidMessage, ScriptedExchange } from "./scripted-exchange.ts";

type Compare = (name: Check, actual: unknown, expected: unknown, call?: number) => void;

/**
 * Where a trace says something else than what went over the wire: one line for each, and none when all is well.
 * Where the client is known to say something else, that is what has to be read.
 */
export function compareTrace(
  client: InteropClient,
  scenario: Scenario,
  exchanges: readonly ScriptedExchange[],
  { trace, spans }: { trace: TraceSummary; spans: readonly Span[] },
): string[] {
  const problems: string[] = [];
  const same = (what: string, actual: unknown, expected: unknown): void => {
    if (!isDeepStrictEqual(actual, expected))
      problems.push(`${what}: ${print(actual)} instead of ${print(expected)}`);
  };
  const check: Compare = (name, actual, expected, call) => {
    const deviation = client.deviations?.find((each) => each.of === name && each.in.includes(scenario));
    const reads = deviation?.reads;
    const absent = Array.isArray(expected) ? [] : undefined;
    const value = deviation ? (reads ? (reads[call ?? 0] ?? reads.at(-1)) : absent) : expected;
    same(call === undefined ? name : `${name} of call ${call + 1}`, actual, value);
  };

  same("kinds", outlineOf(spans), client.outline[scenario]);
  const calls = spans.filter((span) => span.kind === "LLM");
  same("model calls", calls.length, exchanges.length);
  for (const [index, exchange] of exchanges.entries()) {
    const span = calls[index];
    if (span) compareCall(span, exchange, (name, actual, expected) => check(name, actual, expected, index));
  }
  compareTools(spans, exchanges, check);

  // Totals of the trace: each call once, whatever wraps it.
  const answers = exchanges.flatMap(({ answer }) => ("usage" in answer ? [answer.usage] : []));
  const sum = (name: "inputTokens" | "outputTokens") =>
    answers.reduce((total, usage) => total + usage[name], 0);
  same("the trace's input tokens", trace.inputTokens ?? 0, sum("inputTokens"));
  same("the trace's output tokens", trace.outputTokens ?? 0, sum("outputTokens"));
  const refusal = exchanges.flatMap(({ answer }) =>
    "errorMessage" in answer ? [answer.errorMessage] : [],
  )[0];
  same("the trace's error", partOf(trace.errorPreview, refusal), refusal);
  return problems;
}

function compareCall(
  span: Span,
  { requestModel, streamed, input, tools, answer }: ScriptedExchange,
  check: Compare,
): void {
  check("request model", span.requestModel, requestModel);
  check("provider", span.provider, "openai");
  check("input", span.inputMessages.map(toSaid), input);
  const offered = span.tools.map(({ name }) => name);
  check("tools offered", offered, tools);
  if ("errorMessage" in answer) {
    const error = span.statusCode === "ERROR" ? span.error?.message : undefined;
    check("error", partOf(error, answer.errorMessage), answer.errorMessage);
    return;
  }
  check("response model", span.responseModel, answer.model);
  check("response id", span.responseId, answer.id);
  check("output", span.outputMessages.map(toSaid), [answer.output]);
  check("finish reason", span.finishReasons, [answer.finishReason]);
  const { inputTokens, outputTokens } = span.usage;
  check("tokens", { inputTokens, outputTokens }, answer.usage);
  if (!streamed) return;
  check("streaming", span.streaming, true);
  const durationMs = Number(BigInt(span.endTimeNs) - BigInt(span.startTimeNs)) / 1e6;
  const { timeToFirstTokenMs: first } = span;
  check("first token", first === undefined ? undefined : first > 0 && first <= durationMs, true);
}

/** The part where the text has it, else the text: clients put their own words around a provider's message. */
function partOf(text: string | undefined, part: string | undefined): string | undefined {
  return part !== undefined && text?.includes(part) ? part : text || undefined;
}

/** Each call that was answered, against the span that ran it. */
function compareTools(spans: readonly Span[], exchanges: readonly ScriptedExchange[], check: Compare): void {
  const ran = spans.filter(({ kind }) => kind === "TOOL");
  const results = exchanges.at(-1)?.input.filter(({ role }) => role === "tool") ?? [];
  const expected = results.map(({ result, callId }) => {
    const call = exchanges
      .flatMap(({ input }) => input.flatMap(({ toolCalls = [] }) => toolCalls))
      .find(({ id }) => id === callId);
    return { name: call?.name, arguments: call?.arguments, result };
  });
  check(
    "tool span",
    ran.map(({ tool }) => ({ name: tool?.name, arguments: tool?.arguments, result: tool?.result })),
    expected,
  );
}

/** A message of the transcript in the words of the wire. What it has beside them is shown too. */
function toSaid(message: Message): SaidMessage {
  const { finishReason: _finish, name: _name, ...rest } = describeMessage(message);
  return rest;
}

/** The kinds as a tree: `AGENT(LLM TOOL LLM)`. */
function outlineOf(spans: readonly Span[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const printSpan = (span: Span): string => {
    const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
    return children.length === 0 ? span.kind : `${span.kind}(${children.map(printSpan).join(" ")})`;
  };
  return spans
    .filter(({ parentSpanId }) => !ids.has(parentSpanId))
    .map(printSpan)
    .join(" ");
}

function print(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
