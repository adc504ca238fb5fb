import { openai } from "@ai-sdk/openai";
import { Agent } from "@mastra/core/agent";
import { Mastra } from "@mastra/core/mastra";
import { createTool } from "@mastra/core/tools";
import { Observability } from "@mastra/observability";
import { OtelExporter } from "@mastra/otel-exporter";
import { z } from "zod";

const [name, project] = process.env.OTEL_EXPORTER_OTLP_HEADERS.split("=");
const getWeather = createTool({
  id: "get_weather",
  description: "The weather in a city, now.",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `It is sunny in ${city}, at 22 degrees.`,
});
const weather = new Agent({
  id: "weather",
  name: "weather",
  instructions: "You tell the weather.",
  model: openai("gpt-4o-mini"),
  tools: { get_weather: getWeather },
  maxRetries: 0,
});
const self = new Agent({
  id: "self",
  name: "self",
  instructions: "Be brief.",
  model: openai("gpt-4o-mini"),
  maxRetries: 0,
});
const observability = new Observability({
  configs: {
    otel: {
      serviceName: "mastra",
      exporters: [
        new OtelExporter({
          provider: {
            custom: {
              endpoint: `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
              protocol: "http/protobuf",
              headers: { [name]: decodeURIComponent(project) },
            },
          },
          signals: { logs: false },
        }),
      ],
    },
  },
});
const mastra = new Mastra({ agents: { weather, self }, observability, logger: false });

switch (process.argv[2]) {
  case "tools":
    await mastra.getAgent("weather").generate("What is the weather in Paris?");
    break;
  case "stream":
    await (
      await mastra.getAgent("self").stream("Say who you are.")
    ).text;
    break;
  default:
    await mastra
      .getAgent("self")
      .generate("Fail, please. [[500]]")
      .catch(() => {});
}
await mastra.shutdown();
process.exit(0);
