import type { ArgsDef } from "citty";
import type { Palette } from "./palette.ts";
import { textWidth } from "./plain-text.ts";

const WIDTH = 100;

export interface Usage {
  /** `nightowl traces`. */
  command: string;
  description: string;
  args: ArgsDef;
  /** Name and description of each subcommand. */
  commands?: readonly (readonly [name: string, description: string])[];
  examples?: readonly string[];
}

/** The help of a command as lines: what it does, how it is called, its flags, and how it looks in use. */
export function formatUsage(usage: Usage, palette: Palette): string[] {
  const { command, description, args, commands = [], examples = [] } = usage;
  const flags: [string, string][] = [];
  const words: string[] = [];
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === "positional") {
      words.push(arg.valueHint ?? name.toUpperCase());
      flags.push([arg.valueHint ?? name.toUpperCase(), arg.description ?? ""]);
      continue;
    }
    const alias = "alias" in arg ? [arg.alias ?? []].flat()[0] : undefined;
    const short = alias === undefined ? "    " : `-${alias}, `;
    const value = arg.type === "boolean" ? "" : ` ${(arg.valueHint ?? name).toUpperCase()}`;
    const fallback = arg.default === undefined ? "" : ` (${String(arg.default)})`;
    flags.push([`${short}--${name}${value}`, `${arg.description ?? ""}${fallback}`]);
  }
  const call = [
    command,
    ...(commands.length > 0 ? ["COMMAND"] : words),
    ...(flags.length > words.length ? ["[flags]"] : []),
  ];
  return [
    description,
    "",
    `  ${palette.bold(call.join(" "))}`,
    ...list("Commands", commands, palette),
    ...list("Arguments and flags", flags, palette),
    ...(examples.length > 0
      ? ["", palette.bold("Examples"), ...examples.map((example) => `  ${example}`)]
      : []),
    ...(commands.length > 0 ? ["", palette.dim(`${command} COMMAND --help says more about a command`)] : []),
  ];
}

function list(title: string, rows: readonly (readonly [string, string])[], palette: Palette): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => textWidth(name)));
  const lines = rows.flatMap(([name, text]) =>
    wrap(text, WIDTH - width - 4).map((line, index) =>
      `  ${palette.cyan((index === 0 ? name : "").padEnd(width))}  ${line}`.trimEnd(),
    ),
  );
  return ["", palette.bold(title), ...lines];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
