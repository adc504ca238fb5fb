import { stripVTControlCharacters } from "node:util";
import { renderUsage, runCommand, type ArgsDef, type CommandDef } from "citty";
import { ApiCallError } from "@nightowl/model/client/create-client";
import { CliError } from "./cli-error.ts";
import { plainLine } from "./format/plain-text.ts";
import { createTerminal } from "./terminal.ts";
import manifest from "../package.json" with { type: "json" };

const NAME = "nightowl";

/** Each in a file of its own, loaded when it is asked for: the server's code is not read to list traces. */
const COMMANDS: Record<string, () => Promise<CommandDef>> = {
  serve: async () => erased((await import("./commands/serve.ts")).serve),
  import: async () => erased((await import("./commands/import.ts")).importFiles),
  traces: async () => erased((await import("./commands/traces.ts")).traces),
  trace: async () => erased((await import("./commands/trace.ts")).trace),
};

const ROOT: CommandDef = {
  meta: {
    name: NAME,
    version: manifest.version,
    description: "LLM observability: traces of AI services, received, kept and shown",
  },
  subCommands: COMMANDS,
};

/** Runs one command line. Returns normally on success; what the caller can mend is a {@link CliError}. */
async function run(argv: readonly string[]): Promise<void> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") {
    createTerminal().print(manifest.version);
    return;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const topic = rest[0] === undefined ? undefined : COMMANDS[rest[0]];
    await printUsage(topic ? await topic() : ROOT, topic !== undefined);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    throw new CliError(`there is no command "${name}"`, `commands: ${Object.keys(COMMANDS).join(", ")}`);
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    await printUsage(command, true);
    return;
  }
  if (name !== "serve") checkFlags(rest, (await resolved(command.args)) ?? {}, name);
  await runCommand(command, { rawArgs: [...rest] });
}

async function printUsage(command: CommandDef, isSubcommand: boolean): Promise<void> {
  const usage = await renderUsage(command, isSubcommand ? ROOT : undefined);
  const terminal = createTerminal();
  // The renderer colours whether or not anybody can see it.
  terminal.print(terminal.palette.bold("x") === "x" ? stripVTControlCharacters(usage) : usage);
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
