import { defineCommand } from "citty";
import { getSpan } from "@nightowl/model/api/spans";
import { getTrace, locateTrace } from "@nightowl/model/api/traces";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { CliError } from "../cli-error.ts";
import { formatTrace } from "../format/trace-tree.ts";
import { formatTranscript } from "../format/transcript.ts";
import { resolveServerUrl, SERVER_ARGS } from "../server-url.ts";
import { createTerminal, type Terminal } from "../terminal.ts";

export interface TraceOptions {
  traceId: string;
  project?: string;
  /** A span id, or the start of one. */
  span?: string;
  json: boolean;
}

export const trace = defineCommand({
  meta: { name: "trace", description: "Show one trace as a tree, or one of its spans as a transcript" },
  args: {
    id: { type: "positional", required: true, description: "Trace id, 32 hex digits" },
    span: {
      type: "string",
      alias: "s",
      valueHint: "id",
      description:
        "Read this span: its messages, input, output, documents. The first digits of its id are enough",
    },
    project: {
      type: "string",
      alias: "p",
      valueHint: "name",
      description: "Project, where several hold spans of the trace",
    },
    ...SERVER_ARGS,
  },
  async run({ args }) {
    const client = createClient({ baseUrl: resolveServerUrl(args.url, process.env) });
    const { project, span } = args;
    await printTrace(
      {
        traceId: args.id,
        ...(project === undefined ? {} : { project }),
        ...(span === undefined ? {} : { span }),
        json: args.json ?? false,
      },
      client,
      createTerminal(),
    );
  },
});

/** Prints a trace's tree, or with `span` that span's transcript; as JSON, the contract's object of either. */
export async function printTrace(options: TraceOptions, client: Client, terminal: Terminal): Promise<void> {
  const traceId = parseTraceId(options.traceId);
  const project = options.project ?? (await chooseProject(client, traceId, terminal));
  const found = await client.call(getTrace, { params: { project, traceId } });
  if (options.span === undefined) {
    if (options.json) terminal.printJson(found);
    else {
      const { palette, width } = terminal;
      terminal.print(formatTrace(found, { palette, ...(width === undefined ? {} : { width }) }));
    }
    return;
  }
  const spanId = chooseSpan(
    options.span,
    found.spans.map((span) => span.spanId),
  );
  const span = await client.call(getSpan, {
    params: { project, traceId, spanId },
    query: { full: options.json },
  });
  if (options.json) terminal.printJson(span);
  else terminal.print(formatTranscript(span, { palette: terminal.palette }));
}

/** 32 hex digits, however they are written: upper case, with hyphens, with a W3C `traceparent` around them. */
export function parseTraceId(text: string): string {
  const [, fromTraceparent] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i.exec(text.trim()) ?? [];
  const digits = fromTraceparent ?? text.trim().replace(/^0x|-/gi, "");
  if (!/^[0-9a-f]{32}$/i.test(digits)) {
    throw new CliError(
      `"${text}" is not a trace id: 32 hex digits are one`,
      "`nightowl traces` lists traces with their ids",
    );
  }
  return digits.toLowerCase();
}

async function chooseProject(client: Client, traceId: string, terminal: Terminal): Promise<string> {
  const { projects } = await client.call(locateTrace, { params: { traceId } });
  const [first, ...others] = projects;
  if (first === undefined) throw new CliError(`no trace ${traceId}`, "`nightowl traces` lists what there is");
  if (others.length > 0) {
    terminal.note(
      terminal.notePalette.dim(
        `project ${first}; spans of this trace are also in ${others.join(", ")} (--project)`,
      ),
    );
  }
  return first;
}

function chooseSpan(text: string, spanIds: readonly string[]): string {
  const wanted = text.trim().toLowerCase();
  const matches = spanIds.filter((id) => id.startsWith(wanted));
  const [match, ...others] = matches;
  if (match === undefined) throw new CliError(`the trace has no span ${text}`);
  if (others.length > 0) {
    throw new CliError(`${matches.length} spans begin with ${text}: ${matches.slice(0, 5).join(", ")}`);
  }
  return match;
}
