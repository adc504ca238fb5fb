export const SCENARIOS = ["tools", "stream", "error"] as const;
/** `tools`: a question, a tool's call and its result, the answer. `stream`: a streamed answer. `error`: a refusal. */
export type Scenario = (typeof SCENARIOS)[number];

/** What is compared with what went over the wire. */
export type Check =
  | "request model"
  | "provider"
  | "response model"
  | "response id"
  | "input"
  | "output"
  | "tools offered"
  | "tokens"
  | "finish reason"
  | "streaming"
  | "first token"
  | "tool span"
  | "error";

/** One client with one instrumentation, and what is particular to it. */
export interface InteropClient {
  name: string;
  /** Beside this file; with the program and what it needs. */
  folder: string;
  runtime: "python" | "node";
  env?: Record<string, string>;
  /** The trace's kinds as a tree: `AGENT(LLM TOOL LLM)`, children in the order of their start. */
  outline: Record<Scenario, string>;
  /** Where this instrumentation itself says something else than the wire, and what. */
  deviations?: readonly Deviation[];
}

/** What is read then, exactly: a deviation that a newer version mends has to be removed here. */
interface Deviation {
  of: Check;
  in: readonly Scenario[];
  /** Without it, nothing is sent and nothing may be read. One for each model call; the last one serves the rest. */
  reads?: readonly unknown[];
  why: string;
}

const WEATHER_ANSWER = "It is sunny in Paris, at 22 degrees.";

/** The client alone is traced: what runs the tools is the program's own. */
const CLIENT_ALONE_OUTLINE = { tools: "UNKNOWN(LLM LLM)", stream: "UNKNOWN(LLM)", error: "UNKNOWN(LLM)" };
const NO_TOOL_SPAN: Deviation = {
  of: "tool span",
  in: ["tools"],
  why: "the program runs the tool, untraced",
};

/** OpenTelemetry's own instrumentation; where the messages are is a setting. */
const OPENAI_OTEL: Omit<InteropClient, "name" | "env"> = {
  folder: "openai-otel",
  runtime: "python",
  outline: CLIENT_ALONE_OUTLINE,
  deviations: [
    NO_TOOL_SPAN,
    { of: "tools offered", in: ["tools"], why: "not sent" },
    { of: "streaming", in: ["stream"], why: "not sent" },
    { of: "first token", in: ["stream"], why: "not sent" },
  ],
};

export const CLIENTS: readonly InteropClient[] = [
  {
    name: "openai-openinference",
    folder: "openai-openinference",
    runtime: "python",
    outline: CLIENT_ALONE_OUTLINE,
    deviations: [NO_TOOL_SPAN],
  },
  {
    name: "openai-openllmetry",
    folder: "openai-openllmetry",
    runtime: "python",
    outline: CLIENT_ALONE_OUTLINE,
    deviations: [NO_TOOL_SPAN],
  },
  {
    // Messages in log records, which are joined to their spans.
    ...OPENAI_OTEL,
    name: "openai-otel",
    env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" },
  },
  {
    // Messages as attributes of the span.
    ...OPENAI_OTEL,
    name: "openai-otel-latest",
    env: {
      OTEL_SEMCONV_STABILITY_OPT_IN: "gen_ai_latest_experimental",
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "span_only",
    },
  },
  {
    name: "pydantic-ai",
    folder: "pydantic-ai",
    runtime: "python",
    outline: { tools: "AGENT(LLM TOOL LLM)", stream: "AGENT(LLM)", error: "AGENT(LLM)" },
    deviations: [
      { of: "input", in: ["error"], why: "a call that failed has no messages; the agent's span has them" },
    ],
  },
  {
    name: "vercel-ai",
    folder: "vercel-ai",
    runtime: "node",
    outline: {
      tools: "AGENT(CHAIN(LLM TOOL) CHAIN(LLM))",
      stream: "AGENT(CHAIN(LLM))",
      error: "AGENT(CHAIN(LLM))",
    },
  },
  {
    name: "langchain",
    folder: "langchain",
    runtime: "python",
    outline: { tools: "CHAIN(CHAIN(LLM) CHAIN(TOOL) CHAIN(LLM))", stream: "LLM", error: "LLM" },
    deviations: [
      {
        of: "tool span",
        in: ["tools"],
        reads: [[{ name: "get_weather", arguments: "Paris", result: WEATHER_ANSWER }]],
        why: "the one argument of a tool is sent without its name",
      },
      { of: "response id", in: ["stream"], why: "only the run's id is sent" },
      { of: "first token", in: ["stream"], why: "not sent" },
    ],
  },
  {
    name: "llama-index",
    folder: "llama-index",
    runtime: "python",
    outline: {
      tools: "AGENT(CHAIN CHAIN CHAIN(CHAIN LLM) CHAIN CHAIN(TOOL) CHAIN CHAIN CHAIN(CHAIN LLM) CHAIN)",
      stream: "LLM",
      error: "LLM",
    },
    deviations: [
      {
        of: "response model",
        in: ["tools", "stream"],
        reads: ["gpt-4o-mini"],
        why: "sends the one that was asked for",
      },
      { of: "response id", in: ["tools", "stream"], why: "not sent" },
      { of: "streaming", in: ["stream"], why: "not sent" },
      { of: "first token", in: ["stream"], why: "its event lies after the span's end" },
    ],
  },
  {
    name: "mastra",
    folder: "mastra",
    runtime: "node",
    outline: {
      tools: "AGENT(CHAIN(CHAIN(LLM(UNKNOWN UNKNOWN) TOOL) CHAIN(LLM(UNKNOWN))))",
      stream: "AGENT(CHAIN(CHAIN(LLM(UNKNOWN))))",
      error: "AGENT(CHAIN(CHAIN(LLM)))",
    },
    deviations: [
      { of: "input", in: SCENARIOS, why: "the step around the call has it" },
      { of: "tools offered", in: ["tools"], why: "the agent's span has them" },
      {
        of: "output",
        in: ["tools"],
        reads: [[], [{ role: "assistant", text: WEATHER_ANSWER }]],
        why: "a call's tool calls are on the step around it",
      },
      { of: "response id", in: ["tools", "stream"], why: "not sent" },
      { of: "error", in: ["error"], why: "the call is reported as OK; the agent's span has the error" },
    ],
  },
];
