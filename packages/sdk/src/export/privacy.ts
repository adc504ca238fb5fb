import {
  ROOT_CONTEXT,
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanStatus,
  type Tracer,
} from "@opentelemetry/api";
import { OITracer, REDACTED_VALUE, type TraceConfigOptions } from "@arizeai/openinference-core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { MaskFunction, TracingOptions } from "../tracing-options.ts";

type Environment = Record<string, string | undefined>;
/** Undefined leaves the attribute out. */
type Rule = (
  key: string,
  value: AttributeValue,
  span: ReadableSpan,
  event?: string,
) => AttributeValue | undefined;

/** What `maskInputs` and `maskOutputs` hide beyond OpenInference's own rules, which know values and messages only. */
const INPUT_KEYS =
  /^(tool\.parameters|reranker\.query|llm\.prompt_template\.variables|llm\.prompts(\.|$)|embedding\.embeddings\.\d+\.embedding\.text|reranker\.input_documents\.\d+\.document\.(content|metadata)|gen_ai\.(input\.messages|system_instructions|prompt(\.|$)|tool\.call\.arguments))/;
const OUTPUT_KEYS =
  /^(llm\.choices(\.|$)|(retrieval\.documents|reranker\.output_documents)\.\d+\.document\.(content|metadata)|gen_ai\.(output\.messages|completion(\.|$)|tool\.call\.result))/;
/** Switches of OpenInference's Python package that its JavaScript one does not know. */
const MORE_SWITCHES: Record<string, RegExp> = {
  OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS: /^llm\.invocation_parameters$/,
  OPENINFERENCE_HIDE_CHOICES: /^llm\.choices(\.|$)/,
  OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS: /^embedding\.embeddings\.\d+\.embedding\.vector$/,
  OPENINFERENCE_HIDE_EMBEDDINGS_TEXT: /^embedding\.embeddings\.\d+\.embedding\.text$/,
};
const OI_SWITCHES = /^OPENINFERENCE_(HIDE_\w+|BASE64_IMAGE_MAX_LENGTH)$/;

/**
 * Hides what the options and the OPENINFERENCE_HIDE_* variables say, on copies of the spans: what the
 * application and its other exporters see stays as it is. Undefined when nothing is to be hidden.
 */
export function createMasking(
  options: TracingOptions,
  env: Environment,
): ((span: ReadableSpan) => ReadableSpan) | undefined {
  const rules = collectRules(options, env);
  if (rules.length === 0) return undefined;
  // Several destinations are sent the same spans: each is masked once.
  const masked = new WeakMap<ReadableSpan, ReadableSpan>();
  return (span) => {
    const known = masked.get(span);
    if (known !== undefined) return known;
    const copy = maskSpan(span, rules);
    masked.set(span, copy);
    return copy;
  };
}

/** An exporter that is shown masked spans only. */
export function withMasking(
  exporter: SpanExporter,
  mask: (span: ReadableSpan) => ReadableSpan,
): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(mask), done),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}

function collectRules(options: TracingOptions, env: Environment): Rule[] {
  const { maskInputs, maskOutputs, maskAttributes, mask, traceConfig } = options;
  const config: TraceConfigOptions = {
    ...traceConfig,
    ...(maskInputs === undefined ? {} : { hideInputs: maskInputs }),
    ...(maskOutputs === undefined ? {} : { hideOutputs: maskOutputs }),
  };
  const isOn = (key: string): boolean => env[key]?.trim().toLowerCase() === "true";
  const hidden = [
    ...((maskInputs ?? traceConfig?.hideInputs ?? isOn("OPENINFERENCE_HIDE_INPUTS")) ? [INPUT_KEYS] : []),
    ...((maskOutputs ?? traceConfig?.hideOutputs ?? isOn("OPENINFERENCE_HIDE_OUTPUTS")) ? [OUTPUT_KEYS] : []),
    ...Object.entries(MORE_SWITCHES).flatMap(([key, pattern]) => (isOn(key) ? [pattern] : [])),
  ];
  const named = maskAttributes ?? [];
  const rules: Rule[] = [];
  const asksOpenInference =
    Object.keys(config).length > 0 ||
    Object.keys(env).some((key) => OI_SWITCHES.test(key) && env[key] !== "");
  if (asksOpenInference) rules.push(openInferenceRule(config, env));
  if (hidden.length > 0) {
    rules.push((key, value) => (hidden.some((pattern) => pattern.test(key)) ? REDACTED_VALUE : value));
  }
  if (named.length > 0) {
    rules.push((key, value) =>
      named.some((name) => (typeof name === "string" ? name === key : matches(name, key)))
        ? REDACTED_VALUE
        : value,
    );
  }
  if (mask !== undefined) rules.push(userRule(mask));
  return rules;
}

/** OpenInference's package gives its rules away only inside a tracer: this one's spans keep what they are told. */
function openInferenceRule(config: TraceConfigOptions, env: Environment): Rule {
  let kept: AttributeValue | undefined;
  const collect = {
    setAttribute: (_key: string, value: AttributeValue) => void (kept = value),
    setAttributes: () => {},
  } as unknown as Span;
  const tracer = { startSpan: () => collect } as unknown as Tracer;
  const base64ImageMaxLength =
    config.base64ImageMaxLength ??
    // Their default cuts every larger image; ours is to show what the model was shown.
    (env["OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH"] ? undefined : Number.MAX_SAFE_INTEGER);
  const traceConfig = { ...config, ...(base64ImageMaxLength === undefined ? {} : { base64ImageMaxLength }) };
  const span = new OITracer({ tracer, traceConfig }).startSpan("mask", {}, ROOT_CONTEXT);
  return (key, value) => {
    kept = undefined;
    span.setAttribute(key, value);
    return kept;
  };
}

function userRule(mask: MaskFunction): Rule {
  return (key, value, span, event) => {
    try {
      return mask(value, { key, span, ...(event === undefined ? {} : { event }) });
    } catch {
      return REDACTED_VALUE;
    }
  };
}

function maskSpan(span: ReadableSpan, rules: readonly Rule[]): ReadableSpan {
  const attributes = maskAttributesOf(span.attributes, rules, span);
  const events = span.events.map((event) =>
    event.attributes === undefined
      ? event
      : { ...event, attributes: maskAttributesOf(event.attributes, rules, span, event.name) },
  );
  return Object.create(span, {
    attributes: { value: attributes, enumerable: true },
    events: { value: events, enumerable: true },
    status: { value: maskStatus(span, rules), enumerable: true },
  }) as ReadableSpan;
}

/** An error's message may quote what was asked; rules know it as `status.message`. */
function maskStatus(span: ReadableSpan, rules: readonly Rule[]): SpanStatus {
  const { code, message } = span.status;
  if (message === undefined) return span.status;
  const { "status.message": masked } = maskAttributesOf({ "status.message": message }, rules, span);
  return masked === undefined ? { code } : { code, message: String(masked) };
}

function maskAttributesOf(
  attributes: Attributes,
  rules: readonly Rule[],
  span: ReadableSpan,
  event?: string,
): Attributes {
  const kept: Attributes = {};
  for (const [key, original] of Object.entries(attributes)) {
    let value = original;
    for (const rule of rules) {
      if (value === undefined) break;
      value = rule(key, value, span, event);
    }
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}

function matches(pattern: RegExp, key: string): boolean {
  // A pattern with the flag g remembers where it stopped.
  pattern.lastIndex = 0;
  return pattern.test(key);
}
