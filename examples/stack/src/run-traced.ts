import { parseArgs } from "node:util";
import { initTracing, withUser } from "@nightowl/sdk";
import { InMemoryExporter } from "@nightowl/sdk/testing";
import { openAssistant } from "./assistant.ts";
import { DEFAULT_PROMPT_VERSION, PROMPT_VERSIONS, type PromptVersion } from "./prompts.ts";
import { printWaterfall, type WaterfallSpan } from "./waterfall.ts";

const DEFAULT_QUESTION = "What happens when port 4317 is already taken by a collector?";

const HELP = `npm run example -- [flags] [QUESTION]: asks the documentation assistant one question, traced

  --prompt VERSION   version of the system prompt: ${PROMPT_VERSIONS.join(", ")} (${DEFAULT_PROMPT_VERSION})
  --user ID          who asks (local)
  --session ID       the session that the question belongs to

Traces go where NIGHTOWL_ENDPOINT says, else to http://localhost:6006.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prompt: { type: "string", default: DEFAULT_PROMPT_VERSION },
    user: { type: "string", default: "local" },
    session: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
const promptVersion = PROMPT_VERSIONS.find((version) => version === values.prompt);

if (values.help) {
  process.stdout.write(HELP);
} else if (promptVersion === undefined) {
  console.error(`there is no prompt version ${values.prompt}\n\n${HELP}`);
  process.exitCode = 1;
} else {
  await askTraced(positionals.join(" ") || DEFAULT_QUESTION, promptVersion);
}

/** Asks, and prints the answer as it comes, the trace's address and its waterfall. */
async function askTraced(question: string, version: PromptVersion): Promise<void> {
  // Spans are kept here too, to draw them; that nothing could be sent is said below.
  const memory = new InMemoryExporter();
  const tracing = initTracing({
    serviceName: "stack",
    exporters: [memory],
    exportTimeoutMs: 3000,
    log: () => {},
  });
  const assistant = await openAssistant();
  console.log(`${question}\n${assistant.description}\n`);

  try {
    await withUser({ userId: values.user, ...(values.session ? { sessionId: values.session } : {}) }, () =>
      assistant.ask(question, {
        promptVersion: version,
        onEvent: (event) =>
          process.stdout.write(event.type === "text" ? event.text : `  → ${event.name} ${event.arguments}\n`),
      }),
    );
  } catch (error) {
    console.error(`failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    await assistant.close();
    await tracing.shutdown();
  }

  const spans = memory.readableSpans().map(toWaterfallSpan);
  const traceId = memory.spans()[0]?.traceId ?? "";
  console.log(`\n\n${printWaterfall(spans)}\n`);
  for (const [destination, { exportFailed }] of Object.entries(tracing.stats().losses)) {
    if (!URL.canParse(destination)) continue;
    const { origin } = new URL(destination);
    console.log(
      exportFailed === 0
        ? `${origin}/traces/${traceId}`
        : `Nightowl does not answer at ${origin}, so the trace is not kept. Start it with \`npm start\`, or say where ` +
            "it is with NIGHTOWL_ENDPOINT.",
    );
  }
}

function toWaterfallSpan(span: ReturnType<InMemoryExporter["readableSpans"]>[number]): WaterfallSpan {
  const { attributes, startTime, duration } = span;
  const tokens = ["prompt", "completion"].map((part) => attributes[`llm.token_count.${part}`]);
  const documents = Object.keys(attributes).filter((key) =>
    /^retrieval\.documents\.\d+\.document\.id$/.test(key),
  );
  const notes = [
    tokens[0] === undefined ? "" : `${tokens[0]} + ${tokens[1]} tokens`,
    documents.length === 0 ? "" : `${documents.length} documents`,
  ];
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    startMs: startTime[0] * 1000 + startTime[1] / 1e6,
    durationMs: duration[0] * 1000 + duration[1] / 1e6,
    isError: attributes["error.type"] !== undefined,
    note: notes.filter(Boolean).join("  "),
  };
}
