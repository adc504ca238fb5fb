import {
  ROOT_CONTEXT,
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanStatus,
  type Tracer,
} from "@opentelemetry/api";
import {
  OITracer,
  REDACTED_VALUE,
  type TraceConfig,
  type TraceConfigOptions,
} from "@arizeai/openinference-core";
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

/**
 * What `maskInputs` and `maskOutputs` hide beyond OpenInference's own rules, which know values and messages only:
 * the rest of its names, and those of OpenTelemetry, the Vercel AI SDK and OpenLLMetry, whose spans an application
 * may have too.
 */
const INPUT_KEYS =
  /^(tool\.parameters$|reranker\.(query$|input_documents\.\d+\.document\.(content|metadata)$)|llm\.(prompts(\.|$)|prompt_template\.variables$)|embedding\.embeddings\.\d+\.embedding\.text$|gen_ai\.(input\.messages$|system_instructions$|prompt(\.|$)|tool\.call\.arguments$|retrieval\.query\.text$)|ai\.(prompt(\.|$)|toolCall\.args$|value$|values$)|traceloop\.entity\.input$)/;
const OUTPUT_KEYS =
  /^(llm\.choices(\.|$)|(retrieval\.documents|reranker\.output_documents)\.\d+\.document\.(content|metadata)$|gen_ai\.(output\.messages$|completion(\.|$)|tool\.call\.result$|retrieval\.documents$)|ai\.(response\.(text|object|reasoning|toolCalls|files)$|result\.|toolCall\.result$|embeddings?$)|traceloop\.entity\.output$)/;
/** Switches that OpenInference's JavaScript package does not know, or does not apply to flattened names. */
const MORE_SWITCHES: Record<string, RegExp> = {
  OPENINFERENCE_HIDE_PROMPTS: /^llm\.prompts(\.|$)/,
  OPENINFERENCE_HIDE_CHOICES: /^llm\.choices(\.|$)/,
  OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS: /^llm\.invocation_parameters$/,
  OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS: /^embedding\.embeddings\.\d+\.embedding\.vector$/,
  OPENINFERENCE_HIDE_EMBEDDINGS_TEXT: /^embedding\.embeddings\.\d+\.embedding\.text$/,
};
/** The variables of OpenInference's package. It reads the process's own; here the environment is an argument. */
const SWITCHES = {
  hideInputs: "OPENINFERENCE_HIDE_INPUTS",
  hideOutputs: "OPENINFERENCE_HIDE_OUTPUTS",
  hideInputMessages: "OPENINFERENCE_HIDE_INPUT_MESSAGES",
  hideOutputMessages: "OPENINFERENCE_HIDE_OUTPUT_MESSAGES",
  hideInputImages: "OPENINFERENCE_HIDE_INPUT_IMAGES",
  hideInputText: "OPENINFERENCE_HIDE_INPUT_TEXT",
  hideOutputText: "OPENINFERENCE_HIDE_OUTPUT_TEXT",
  hideEmbeddingVectors: "OPENINFERENCE_HIDE_EMBEDDING_VECTORS",
  hidePrompts: "OPENINFERENCE_HIDE_PROMPTS",
  hideLLMTools: "OPENINFERENCE_HIDE_LLM_TOOLS",
} as const satisfies Record<Exclude<keyof TraceConfigOptions, "base64ImageMaxLength">, string>;

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
  const { maskAttributes = [], mask } = options;
  const config = readConfig(options, env);
  const hidden = [
    ...(config.hideInputs ? [INPUT_KEYS] : []),
    ...(config.hideOutputs ? [OUTPUT_KEYS] : []),
    ...(config.hidePrompts ? [MORE_SWITCHES["OPENINFERENCE_HIDE_PROMPTS"]!] : []),
    ...Object.entries(MORE_SWITCHES).flatMap(([key, pattern]) => (isOn(env[key]) ? [pattern] : [])),
    ...maskAttributes,
  ];
  const rules: Rule[] = [];
  if (Object.values(config).some((value) => value !== false && value !== Infinity)) {
    rules.push(openInferenceRule(config));
  }
  if (hidden.length > 0) {
    rules.push((key, value) => (hidden.some((name) => matches(name, key)) ? REDACTED_VALUE : value));
  }
  if (mask !== undefined) rules.push(userRule(mask));
  return rules;
}

/** Every switch by its option, else its variable. Images are whole unless a length is asked for. */
function readConfig(
  { maskInputs, maskOutputs, traceConfig = {} }: TracingOptions,
  env: Environment,
): TraceConfig {
  const config: Record<string, boolean | number> = {};
  for (const [name, variable] of Object.entries(SWITCHES)) {
    config[name] = traceConfig[name as keyof typeof SWITCHES] ?? isOn(env[variable]);
  }
  if (maskInputs !== undefined) config["hideInputs"] = maskInputs;
  if (maskOutputs !== undefined) config["hideOutputs"] = maskOutputs;
  const told = Number.parseInt(env["OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH"] ?? "", 10);
  config["base64ImageMaxLength"] = traceConfig.base64ImageMaxLength ?? (Number.isNaN(told) ? Infinity : told);
  return config as unknown as TraceConfig;
}

function isOn(variable: string | undefined): boolean {
  return variable?.trim().toLowerCase() === "true";
}

/** OpenInference's package gives its rules away only inside a tracer: this one's spans keep what they are told. */
function openInferenceRule(traceConfig: TraceConfig): Rule {
  let kept: AttributeValue | undefined;
  const collect = {
    setAttribute: (_key: string, value: AttributeValue) => void (kept = value),
    setAttributes: () => {},
  } as unknown as Span;
  const tracer = { startSpan: () => collect } as unknown as Tracer;
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
  const events = span.events.map((event) => maskPart(event, rules, span, event.name));
  return Object.create(span, {
    attributes: { value: attributes, enumerable: true },
    events: { value: events, enumerable: true },
    links: { value: span.links.map((link) => maskPart(link, rules, span)), enumerable: true },
    status: { value: maskStatus(span, rules), enumerable: true },
  }) as ReadableSpan;
}

/** An event or a link. */
function maskPart<T extends { attributes?: Attributes }>(
  part: T,
  rules: readonly Rule[],
  span: ReadableSpan,
  event?: string,
): T {
  if (part.attributes === undefined) return part;
  return { ...part, attributes: maskAttributesOf(part.attributes, rules, span, event) };
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

function matches(pattern: string | RegExp, key: string): boolean {
  if (typeof pattern === "string") return pattern === key;
  // A pattern with the flag g remembers where it stopped.
  pattern.lastIndex = 0;
  return pattern.test(key);
}
