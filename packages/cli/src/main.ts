import { runCommand, type ArgsDef, type CommandDef } from "citty";
import { ApiCallError } from "@nightowl/model/client/create-client";
import { CliError } from "./cli-error.ts";
import { plainLine } from "./format/plain-text.ts";
import { formatUsage } from "./format/usage.ts";
import { createTerminal } from "./terminal.ts";
import manifest from "../package.json" with { type: "json" };

const NAME = "nightowl";

/** Each in a file of its own, loaded when it is asked for: the server's code is not read to list traces. */
const COMMANDS: Record<string, () => Promise<CommandDef>> = {
  serve: async () => erased((await import("./commands/serve.ts")).serve),
  demo: async () => erased((await import("./commands/demo.ts")).demo),
  import: async () => erased((await import("./commands/import.ts")).importFiles),
  traces: async () => erased((await import("./commands/traces.ts")).traces),
  trace: async () => erased((await import("./commands/trace.ts")).trace),
  renormalise: async () => erased((await import("./commands/renormalise.ts")).renormalise),
};

const DESCRIPTION = `nightowl ${manifest.version}: traces of AI services, received, kept and shown`;

const EXAMPLES: Record<string, readonly string[]> = {
  serve: ["nightowl serve --port 7000 --data-dir /var/lib/nightowl", "NIGHTOWL_HOST=0.0.0.0 nightowl serve"],
  demo: ["nightowl demo", "nightowl demo --project trial --days 2 --traces 300"],
  import: [
    "nightowl import traces.ndjson.gz",
    "nightowl import export.pb --project shop",
    "cat export.json | nightowl import -",
  ],
  traces: [
    "nightowl traces --since 2h --filter 'status:error latency:>2s'",
    "nightowl traces -n 1000 --json | jq -r '.data[].traceId'",
  ],
  trace: [
    "nightowl trace 0af7651916cd43dd8448eb211c80319c",
    "nightowl trace 0af7651916cd43dd8448eb211c80319c --span b7ad6b71",
  ],
  renormalise: ["nightowl renormalise", "nightowl renormalise --project shop --detach"],
};

/** Runs one command line. Returns normally on success; what the caller can mend is a {@link CliError}. */
async function run(argv: readonly string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") {
    createTerminal().print(manifest.version);
    return;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    await printUsage(rest[0]);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    throw new CliError(`there is no command "${name}"`, `commands: ${Object.keys(COMMANDS).join(", ")}`);
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    await printUsage(name);
    return;
  }
  if (name !== "serve") checkFlags(rest, (await resolved(command.args)) ?? {}, name);
  await runCommand(command, { rawArgs: [...rest] });
}

/** Help on one command, or on all of them when the name is none. */
async function printUsage(name: string | undefined): Promise<void> {
  const { print, palette } = createTerminal();
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name !== undefined && load) {
    const command = await load();
    const description = (await resolved(command.meta))?.description ?? "";
    const args = (await resolved(command.args)) ?? {};
    print(
      formatUsage({ command: `${NAME} ${name}`, description, args, examples: EXAMPLES[name] ?? [] }, palette),
    );
    return;
  }
  const commands = await Promise.all(
    Object.entries(COMMANDS).map(async ([each, loadEach]) => {
      const meta = await resolved((await loadEach()).meta);
      return [each, meta?.description ?? ""] as const;
    }),
  );
  print(formatUsage({ command: NAME, description: DESCRIPTION, args: {}, commands }, palette));
}

/** A misspelt flag must not pass for one that was understood. Throws {@link CliError}. */
function checkFlags(rawArgs: readonly string[], args: ArgsDef, command: string): void {
  const known = new Map<string, string | undefined>();
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === "positional") continue;
    known.set(`--${name}`, arg.type);
    for (const short of "alias" in arg ? [arg.alias ?? []].flat() : []) known.set(`-${short}`, arg.type);
  }
  for (let index = 0; index < rawArgs.length; index++) {
    const word = rawArgs[index] ?? "";
    if (word === "--") return;
    if (!word.startsWith("-") || word === "-") continue;
    const [flag = "", value] = word.split("=", 2);
    if (!known.has(flag)) {
      throw new CliError(`${command} has no flag ${flag}`, `\`${NAME} ${command} --help\` lists them`);
    }
    if (known.get(flag) === "boolean" || value !== undefined) continue;
    index++;
    if (rawArgs[index] === undefined) throw new CliError(`${flag} needs a value`);
  }
}

function reportError(error: unknown): void {
  const { note, notePalette } = createTerminal();
  const hint = error instanceof CliError || error instanceof ApiCallError ? error.hint : undefined;
  if (
    hint !== undefined ||
    error instanceof CliError ||
    error instanceof ApiCallError ||
    isUsageError(error)
  ) {
    note(`${notePalette.red(`${NAME}:`)} ${plainLine((error as Error).message)}`);
    if (hint !== undefined) note(notePalette.dim(`  ${plainLine(hint)}`));
  } else {
    note(
      `${notePalette.red(`${NAME}:`)} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

/** What citty says of missing or wrong arguments. */
function isUsageError(error: unknown): boolean {
  return error instanceof Error && error.name === "CLIError";
}

async function resolved<T>(value: T | Promise<T> | (() => T) | (() => Promise<T>)): Promise<T> {
  return typeof value === "function" ? await (value as () => T | Promise<T>)() : await value;
}

/** Commands differ in their arguments; whoever dispatches does not look at them. */
function erased<T extends ArgsDef>(command: CommandDef<T>): CommandDef {
  return command as unknown as CommandDef;
}

// `nightowl traces | head` closes the pipe early: that is the reader's right, not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  reportError(error);
  process.exitCode = 1;
}
