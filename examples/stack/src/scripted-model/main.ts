import { parseArgs } from "node:util";
import { FAULTS } from "./faults.ts";
import { SCRIPTED_MODEL } from "./scripted-model.ts";
import { startScriptedServer } from "./scripted-server.ts";

const HELP = `npm run example:model -- [flags]: an OpenAI-compatible server whose model is scripted

  --port N      where to listen on 127.0.0.1 (8009)
  --fast        no waiting between tokens
  --any-model   answers requests for any model, as ${SCRIPTED_MODEL}

Faults, asked for by the model's name (${SCRIPTED_MODEL}:slow), the header x-scripted-fault, metadata.fault, or
[[slow]] in the question:

${Object.entries(FAULTS)
  .map(([name, text]) => `  ${name.padEnd(16)} ${text}`)
  .join("\n")}
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8009" },
    fast: { type: "boolean", default: false },
    "any-model": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const server = await startScriptedServer({
    port: Number(values.port),
    takesAnyModel: values["any-model"],
    ...(values.fast ? { pace: { firstTokenMs: 0, perTokenMs: 0 } } : {}),
  });
  console.log(`the scripted model answers at ${server.baseUrl}

  export OPENAI_BASE_URL=${server.baseUrl} OPENAI_API_KEY=scripted
`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
}
