/**
 * The filter expression of the Traces page, the API and the command line.
 *
 *     status:error latency:>2s -user:loadtest model:gpt-4o,gpt-4o-mini "exact words" @http.route:/ask
 *
 * Terms are joined by AND. `field:a,b` is OR within the field; `-` negates a term; quotes keep spaces
 * and commas; `*` at the end of a value matches a prefix, at both ends a substring; `@key` is a span
 * attribute; a bare or quoted word is searched in the names and in the input and output previews.
 */
export interface FieldTerm {
  type: "field";
  /** A name of {@link FILTER_FIELDS}, or `@` and an attribute key. */
  field: string;
  op: "=" | ">" | ">=" | "<" | "<=";
  /** At least one; any may match. Raw text as written, unquoted; durations keep their unit. */
  values: string[];
  negated: boolean;
}
export interface TextTerm {
  type: "text";
  text: string;
  negated: boolean;
}
export type FilterTerm = FieldTerm | TextTerm;
export type Filter = FilterTerm[];

/** `level`: `trace` fields are answered from the trace's summary; `span` ones by "some span of the trace has it". */
export interface FilterField {
  name: string;
  level: "trace" | "span";
  type: "text" | "number" | "duration" | "enum";
  /** For `enum`. */
  values?: readonly string[];
  hint: string;
}

export const FILTER_FIELDS: readonly FilterField[] = [
  { name: "name", level: "trace", type: "text", hint: "name of the trace's root" },
  { name: "status", level: "trace", type: "enum", values: ["error", "ok"], hint: "error: some span failed" },
  { name: "latency", level: "trace", type: "duration", hint: ">2s, <=300ms" },
  { name: "tokens", level: "trace", type: "number", hint: "input and output together, >1000" },
  { name: "cost", level: "trace", type: "number", hint: "US dollars, >0.01" },
  { name: "spans", level: "trace", type: "number", hint: "number of spans, >100" },
  { name: "user", level: "trace", type: "text", hint: "user id" },
  { name: "session", level: "trace", type: "text", hint: "session id" },
  { name: "tag", level: "trace", type: "text", hint: "a tag of the trace" },
  { name: "service", level: "trace", type: "text", hint: "service.name" },
  { name: "env", level: "trace", type: "text", hint: "deployment environment" },
  { name: "trace", level: "trace", type: "text", hint: "trace id" },
  { name: "span", level: "span", type: "text", hint: "name of any span" },
  {
    name: "kind",
    level: "span",
    type: "enum",
    values: [
      "llm",
      "embedding",
      "chain",
      "retriever",
      "reranker",
      "tool",
      "agent",
      "guardrail",
      "evaluator",
      "prompt",
      "unknown",
    ],
    hint: "kind of any span",
  },
  { name: "model", level: "span", type: "text", hint: "model of any span" },
  { name: "provider", level: "span", type: "text", hint: "openai, anthropic, …" },
  { name: "tool", level: "span", type: "text", hint: "name of a tool that ran" },
  { name: "agent", level: "span", type: "text", hint: "agent name" },
  {
    name: "prompt",
    level: "span",
    type: "text",
    hint: "prompt template of any call: its id, or its name where it is declared",
  },
  {
    name: "prompt_version",
    level: "span",
    type: "text",
    hint: "version of a prompt template: its id, or as it is declared",
  },
  { name: "error", level: "span", type: "text", hint: "exception or error type" },
];
