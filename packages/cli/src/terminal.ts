import { createPalette, wantsColour, type Palette } from "./format/palette.ts";

/** Where a command prints: results to standard output, everything about them to standard error. */
export interface Terminal {
  print(lines: string | readonly string[]): void;
  /** The contract's object, for `--json`: nothing else may be on standard output. */
  printJson(value: unknown): void;
  note(line: string): void;
  palette: Palette;
  notePalette: Palette;
  /** Columns to fit, where standard output is a terminal. */
  width: number | undefined;
  /** Whether a progress bar can be drawn on standard error. */
  drawsProgress: boolean;
}

export function createTerminal({
  env = process.env,
  stdout = process.stdout,
  stderr = process.stderr,
}: {
  env?: Record<string, string | undefined>;
  stdout?: NodeJS.WriteStream;
  stderr?: NodeJS.WriteStream;
} = {}): Terminal {
  return {
    print: (lines) => void stdout.write(`${typeof lines === "string" ? lines : lines.join("\n")}\n`),
    printJson: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    palette: createPalette(wantsColour(env, stdout.isTTY)),
    notePalette: createPalette(wantsColour(env, stderr.isTTY)),
    width: stdout.isTTY ? stdout.columns : undefined,
    drawsProgress: Boolean(stderr.isTTY) && !env["CI"],
  };
}
