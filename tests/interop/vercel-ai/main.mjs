import { openai } from "@ai-sdk/openai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { generateText, isStepCount, registerTelemetry, streamText, tool } from "ai";
import { z } from "zod";

const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
registerTelemetry(new OpenTelemetry());

const model = openai("gpt-4o-mini");
const getWeather = tool({
  description: "The weather in a city, now.",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => `It is sunny in ${city}, at 22 degrees.`,
});

switch (process.argv[2]) {
  case "tools":
    await generateText({
      model,
      instructions: "You tell the weather.",
      prompt: "What is the weather in Paris?",
      tools: { get_weather: getWeather },
      stopWhen: isStepCount(3),
    });
    break;
  case "stream":
    await streamText({ model, prompt: "Say who you are." }).text;
    break;
  default:
    await generateText({ model, prompt: "Fail, please. [[500]]", maxRetries: 0 }).catch(() => {});
}
await provider.shutdown();
