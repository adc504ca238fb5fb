import { statSync } from "node:fs";
import { defineCommand } from "citty";
import { CliError } from "../cli-error.ts";
import { formatCount } from "../format/amounts.ts";
import { plainLine } from "../format/plain-text.ts";
import { readExportFile } from "../import/read-export-file.ts";
import { sendPieces, SendError, type SendResult } from "../import/send-batches.ts";
import { createProgressMeter } from "../progress-meter.ts";
import { resolveServerUrl, SERVER_ARGS } from "../server-url.ts";
import { createTerminal, type Terminal } from "../terminal.ts";

/** Well under the server's limit for one request, large enough that many small requests become one. */
const MAX_BATCH_BYTES = 4 * 2 ** 20;
const MAX_REASONS_SHOWN = 10;

export interface FileReport extends SendResult {
  file: string;
  /** What of the file could not be read. */
  problems: string[];
}

/** What `--json` prints. */
export interface ImportReport {
  acceptedSpans: number;
  rejectedSpans: number;
  files: FileReport[];
}

export const importFiles = defineCommand({
  meta: {
    name: "import",
    description: "Send exported traces to the running server: OTLP JSON, protobuf or NDJSON, gzipped or not",
  },
  args: {
    file: {
      type: "positional",
      required: true,
      valueHint: "FILE…",
      description: "Files to send, - for standard input; the content says what each is",
    },
    project: {
      type: "string",
      alias: "p",
      valueHint: "name",
      description: "Project for all of it, else what each span's resource says",
    },
    ...SERVER_ARGS,
  },
  async run({ args }) {
    const terminal = createTerminal();
    const report = await importTraces(
      {
        files: args._,
        url: resolveServerUrl(args.url, process.env),
        ...(args.project === undefined ? {} : { project: args.project }),
      },
      terminal,
    );
    if (args.json) terminal.printJson(report);
    else terminal.print(formatReport(report, terminal));
    if (hasFailed(report)) process.exitCode = 1;
  },
});

/** Sends the files one after the other and says what became of each. A file that cannot be read fails alone. */
export async function importTraces(
  { files, url, project }: { files: readonly string[]; url: string; project?: string },
  terminal: Terminal,
): Promise<ImportReport> {
  const report: ImportReport = { acceptedSpans: 0, rejectedSpans: 0, files: [] };
  const meter = createProgressMeter(
    terminal,
    files.reduce((sum, file) => sum + sizeOf(file), 0),
  );
  try {
    for (const file of files) {
      const label = `sending ${plainLine(file)}`;
      meter.step(label, 0);
      const fileReport = await importFile(
        file,
        { url, ...(project === undefined ? {} : { project }) },
        (bytes) => meter.step(label, bytes),
      );
      report.files.push(fileReport);
      report.acceptedSpans += fileReport.acceptedSpans;
      report.rejectedSpans += fileReport.rejectedSpans;
    }
  } catch (error) {
    meter.stop(false);
    if (!(error instanceof SendError)) throw error;
    throw new CliError(error.message, "Is Nightowl running there? Start it with `nightowl serve`.", {
      cause: error,
    });
  }
  meter.stop(true);
  return report;
}

async function importFile(
  file: string,
  target: { url: string; project?: string },
  onRead: (bytes: number) => void,
): Promise<FileReport> {
  const problems: string[] = [];
  const pieces = readExportFile(file, {
    maxPieceBytes: MAX_BATCH_BYTES,
    onRead,
    onProblem: (message) => problems.push(message),
  });
  const readable = untilUnreadable(pieces, (message) => problems.push(message));
  const sent = await sendPieces(readable, { ...target, maxBatchBytes: MAX_BATCH_BYTES });
  return { file, ...sent, problems };
}

/** Ends the stream where the file itself fails (missing, a folder, broken gzip), so that what was read is sent. */
async function* untilUnreadable<T>(
  pieces: AsyncIterable<T>,
  onProblem: (message: string) => void,
): AsyncGenerator<T> {
  try {
    yield* pieces;
  } catch (error) {
    onProblem(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function hasFailed({ files }: ImportReport): boolean {
  return files.some((file) => file.rejectedSpans > 0 || file.problems.length > 0);
}

/** The report as lines: the total, then what failed in which file, and why. */
export function formatReport(report: ImportReport, { palette }: Pick<Terminal, "palette">): string[] {
  const { acceptedSpans, rejectedSpans, files } = report;
  const rejected = rejectedSpans > 0 ? `, ${formatCount(rejectedSpans)} rejected` : "";
  const counted = `${formatCount(acceptedSpans)} span${acceptedSpans === 1 ? "" : "s"}`;
  const from = files.length === 1 ? plainLine(files[0]?.file ?? "") : `${formatCount(files.length)} files`;
  const lines = [`imported ${counted} from ${from}${rejected}`];
  for (const file of files) {
    const failures = [...file.problems, ...file.reasons];
    const entries = [
      ...failures.slice(0, MAX_REASONS_SHOWN).map((text) => palette.red(`✗ ${plainLine(text)}`)),
      ...(failures.length > MAX_REASONS_SHOWN
        ? [palette.red(`✗ and ${formatCount(failures.length - MAX_REASONS_SHOWN)} more`)]
        : []),
      ...file.warnings.slice(0, MAX_REASONS_SHOWN).map((text) => palette.yellow(`! ${plainLine(text)}`)),
    ];
    for (const entry of entries) lines.push(`${plainLine(file.file)}: ${entry}`);
  }
  return lines;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
