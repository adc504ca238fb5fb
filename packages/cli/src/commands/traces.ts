import { defineCommand } from "citty";
import { listProjects } from "@nightowl/model/api/projects";
import { listTraces } from "@nightowl/model/api/traces";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { parseDurationMs } from "@nightowl/model/filter/parse-duration-ms";
import { CliError } from "../cli-error.ts";
import { formatTraceList } from "../format/trace-list.ts";
import { resolveServerUrl, SERVER_ARGS } from "../server-url.ts";
import { createTerminal, type Terminal } from "../terminal.ts";

const PAGE_SIZE = 1000;
const DEFAULT_PROJECT = "default";

export interface TracesOptions {
  project?: string;
  filter?: string;
  /** A duration before now (`2h`) or a date. */
  since?: string;
  limit: number;
  json: boolean;
}

export const traces = defineCommand({
  meta: { name: "traces", description: "List traces, newest first" },
  args: {
    project: { type: "string", alias: "p", valueHint: "name", description: "Project to look in" },
    filter: {
      type: "string",
      alias: "f",
      valueHint: "expression",
      description: "As on the Traces page: `status:error latency:>2s model:gpt-4o`",
    },
    since: { type: "string", valueHint: "time", description: "2h, 30m, 7d, or a date: 2026-11-21T08:00" },
    limit: { type: "string", alias: "n", default: "20", valueHint: "count", description: "How many at most" },
    ...SERVER_ARGS,
  },
  async run({ args }) {
    const client = createClient({ baseUrl: resolveServerUrl(args.url, process.env) });
    const { project, filter, since } = args;
    await printTraces(
      {
        ...(project === undefined ? {} : { project }),
        ...(filter === undefined ? {} : { filter }),
        ...(since === undefined ? {} : { since }),
        limit: parseLimit(args.limit),
        json: args.json ?? false,
      },
      client,
      createTerminal(),
    );
  },
});

/** Prints the traces that the options ask for: a table, or the contract's `{data, nextCursor}`. */
export async function printTraces(options: TracesOptions, client: Client, terminal: Terminal): Promise<void> {
  const project = options.project ?? (await chooseProject(client, terminal));
  if (project === undefined) {
    if (options.json) terminal.printJson({ data: [], nextCursor: null });
    else terminal.note("no traces yet: `nightowl serve` prints the lines that send a first one");
    return;
  }
  const { data, nextCursor } = await fetchTraces(client, project, options);
  if (options.json) {
    terminal.printJson({ data, nextCursor });
    return;
  }
  if (data.length === 0) {
    const narrowed = options.filter !== undefined || options.since !== undefined;
    terminal.note(`no traces in project ${project}${narrowed ? " that match" : ""}`);
    return;
  }
  const { palette, width } = terminal;
  terminal.print(formatTraceList(data, { palette, ...(width === undefined ? {} : { width }) }));
  if (nextCursor !== null) terminal.note(`there are more: --limit ${options.limit * 5} shows them`);
}

/** `2h` before now, or a date → ISO 8601. Throws {@link CliError} for anything else. */
export function parseSince(text: string, nowMs: number = Date.now()): string {
  const agoMs = parseDurationMs(text);
  const timeMs = agoMs === undefined ? Date.parse(text) : nowMs - agoMs;
  if (Number.isNaN(timeMs)) {
    throw new CliError(`--since "${text}" is neither a duration (2h, 30m, 7d) nor a date (2026-11-21T08:00)`);
  }
  return new Date(timeMs).toISOString();
}

/**
 * The project to look in when none was named: the only one, else `default`, else the most recently active one,
 * which a note says. Undefined when there is none.
 */
async function chooseProject(client: Client, terminal: Terminal): Promise<string | undefined> {
  const { data } = await client.call(listProjects, {});
  const [newest] = data;
  if (!newest || data.length === 1) return newest?.name;
  const chosen = data.find((project) => project.name === DEFAULT_PROJECT) ?? newest;
  const others = data.filter((project) => project !== chosen).map((project) => project.name);
  const named = others.slice(0, 5).join(", ") + (others.length > 5 ? `, and ${others.length - 5} more` : "");
  terminal.note(terminal.notePalette.dim(`project ${chosen.name}; --project picks another (${named})`));
  return chosen.name;
}

async function fetchTraces(
  client: Client,
  project: string,
  { filter, since, limit }: TracesOptions,
): Promise<{ data: TraceSummary[]; nextCursor: string | null }> {
  const range = {
    ...(filter === undefined ? {} : { filter }),
    ...(since === undefined ? {} : { from: parseSince(since) }),
  };
  const data: TraceSummary[] = [];
  let cursor: string | null = null;
  do {
    const page: { data: TraceSummary[]; nextCursor: string | null } = await client.call(listTraces, {
      params: { project },
      query: {
        ...range,
        limit: Math.min(PAGE_SIZE, limit - data.length),
        ...(cursor === null ? {} : { cursor }),
      },
    });
    data.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && data.length < limit);
  return { data, nextCursor: cursor };
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new CliError(`--limit "${text}" is not a number from 1`);
  return limit;
}
