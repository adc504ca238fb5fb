import { setTimeout as sleep } from "node:timers/promises";
import { progress } from "@clack/prompts";
import { defineCommand } from "citty";
import {
  getRenormalise,
  startRenormalise,
  stopRenormalise,
  type RenormaliseStatus,
} from "@nightowl/model/api/renormalise";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { CliError } from "../cli-error.ts";
import { formatCount } from "../format/amounts.ts";
import { resolveServerUrl, SERVER_ARGS } from "../server-url.ts";
import { createTerminal, type Terminal } from "../terminal.ts";

const POLL_MS = 500;

export interface RenormaliseOptions {
  project?: string;
  /** Start it, or look at it, and do not wait for its end. */
  detach: boolean;
  /** Look only. */
  status: boolean;
  stop: boolean;
  json: boolean;
  pollMs?: number;
}

export const renormalise = defineCommand({
  meta: {
    name: "renormalise",
    description: "Read stored spans again, so that old traces show what newer versions understand",
  },
  args: {
    project: { type: "string", alias: "p", valueHint: "name", description: "Only this project" },
    detach: { type: "boolean", alias: "d", description: "Leave it to the server; do not wait for its end" },
    status: { type: "boolean", description: "Say how far a run is, and start none" },
    stop: { type: "boolean", description: "End a run; what was read stays read" },
    ...SERVER_ARGS,
  },
  async run({ args }) {
    const client = createClient({ baseUrl: resolveServerUrl(args.url, process.env) });
    await runRenormalise(
      {
        ...(args.project === undefined ? {} : { project: args.project }),
        detach: args.detach ?? false,
        status: args.status ?? false,
        stop: args.stop ?? false,
        json: args.json ?? false,
      },
      client,
      createTerminal(),
    );
  },
});

/**
 * Starts a run, or joins the one that goes on, and follows it to its end. The server does the work: whoever
 * interrupts this command interrupts nothing else.
 * @throws CliError when the run failed
 */
export async function runRenormalise(
  options: RenormaliseOptions,
  client: Client,
  terminal: Terminal,
): Promise<void> {
  let status = await firstStatus(options, client);
  const isFollowed = !options.detach && !options.status && !options.stop;
  if (isFollowed) status = await follow(status, client, terminal, options.pollMs ?? POLL_MS);
  if (options.json) terminal.printJson(status);
  else terminal.print(formatStatus(status));
  if (isFollowed && status.state === "failed") {
    throw new CliError(
      `the spans could not be read again: ${status.error ?? "unknown"}`,
      "The server's log says more.",
    );
  }
}

function firstStatus(options: RenormaliseOptions, client: Client): Promise<RenormaliseStatus> {
  if (options.stop) return client.call(stopRenormalise, {});
  if (options.status) return client.call(getRenormalise, {});
  return client.call(startRenormalise, {
    query: options.project === undefined ? {} : { project: options.project },
  });
}

async function follow(
  first: RenormaliseStatus,
  client: Client,
  terminal: Terminal,
  pollMs: number,
): Promise<RenormaliseStatus> {
  let status = first;
  if (!terminal.drawsProgress) {
    terminal.note(
      `reading about ${formatCount(status.totalSpans)} spans again; Ctrl-C leaves it to the server`,
    );
    while (status.state === "running") {
      await sleep(pollMs);
      status = await client.call(getRenormalise, {});
    }
    return status;
  }
  const bar = progress({ max: 1000, output: process.stderr, style: "light" });
  bar.start("reading spans again");
  let drawn = 0;
  while (status.state === "running") {
    await sleep(pollMs);
    status = await client.call(getRenormalise, {});
    const done = Math.floor((1000 * status.readSpans) / Math.max(1, status.totalSpans));
    bar.advance(done - drawn, `${formatCount(status.readSpans)} of ${formatCount(status.totalSpans)} spans`);
    drawn = done;
  }
  if (status.state === "failed") bar.error("failed");
  else bar.stop(status.state);
  return status;
}

/** A run in one line. */
export function formatStatus(status: RenormaliseStatus): string {
  const { state, readSpans, changedSpans, totalSpans, project } = status;
  if (state === "idle") return "no run yet";
  const where = project === null ? "" : ` of project ${project}`;
  const counted = `${formatCount(readSpans)} span${readSpans === 1 ? "" : "s"}${where}`;
  const changed = `${formatCount(changedSpans)} read otherwise than before`;
  if (state === "running")
    return `running: ${formatCount(readSpans)} of about ${formatCount(totalSpans)} spans${where}`;
  if (state === "failed") return `failed after ${counted}: ${status.error ?? "unknown"}`;
  return `${state === "done" ? "read again" : "stopped after"} ${counted}, ${changed}`;
}
