import { defineCommand } from "citty";
import type { Config } from "@nightowl/server/config";
import type { RunningServer } from "@nightowl/server/main";
import { CliError } from "../cli-error.ts";
import { formatBanner } from "../format/banner.ts";
import { createTerminal } from "../terminal.ts";
import manifest from "../../package.json" with { type: "json" };

/** Ctrl-C reaches a program both from the terminal and from npm: what comes this soon after is the same one. */
const SAME_SIGNAL_MS = 1000;
/** Errors whose message says what to do; any other is a fault and shows its stack. */
const EXPLAINED = new Set([
  "ConfigError",
  "PortError",
  "DataFolderInUseError",
  "DataFolderError",
  "MigrationError",
]);

export const serve = defineCommand({
  meta: { name: "serve", description: "Run the server: receive traces, keep them, show them" },
  args: async () => {
    const { CONFIG_FILE, SETTINGS } = await import("@nightowl/server/config");
    const settings = SETTINGS.map(({ flag, env, default: value, doc }) => {
      const description = `${doc.replaceAll("`", "")} [${env}]${value === "" ? "" : ` (${value})`}`;
      return [flag, { type: "string" as const, valueHint: hintOf(flag), description }] as const;
    });
    const config = {
      type: "string" as const,
      valueHint: "file",
      description: `JSON file of the settings above, flags as keys [${CONFIG_FILE.env}]`,
    };
    return { ...Object.fromEntries(settings), [CONFIG_FILE.flag]: config };
  },
  async run({ rawArgs }) {
    const server = await start(rawArgs);
    const terminal = createTerminal();
    const { addresses, dataDir, warnings } = server;
    terminal.print(
      formatBanner({ version: manifest.version, ...addresses, dataDir, warnings }, terminal.palette),
    );
    await stopOnSignal(server, terminal.note);
  },
});

async function start(rawArgs: readonly string[]): Promise<RunningServer> {
  try {
    const { readConfig } = await import("@nightowl/server/config");
    const config = readConfig({ argv: rawArgs, env: process.env });
    const { startServer } = await import("@nightowl/server/main");
    return await startServer(quietOnTerminal(config, rawArgs));
  } catch (error) {
    if (error instanceof Error && EXPLAINED.has(error.name)) {
      throw new CliError(error.message, undefined, { cause: error });
    }
    throw error;
  }
}

/** JSON lines of every event are for a log file. Somebody at a terminal who did not ask gets the warnings. */
function quietOnTerminal(config: Config, rawArgs: readonly string[]): Config {
  const asked =
    rawArgs.some((word) => /^--(log-level|config)\b/.test(word)) ||
    Boolean(process.env["NIGHTOWL_LOG_LEVEL"] || process.env["NIGHTOWL_CONFIG"]);
  return process.stderr.isTTY && !asked ? { ...config, logLevel: "warn" } : config;
}

/**
 * Returns when a signal has come and everything is on disk; exits with 1 when that failed. A second signal does
 * not wait, and kills the process: what was acknowledged is on disk already.
 */
async function stopOnSignal(server: RunningServer, note: (line: string) => void): Promise<void> {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let firstAt: number | undefined;
  await new Promise<void>((resolve, reject) => {
    for (const signal of signals) {
      process.on(signal, () => {
        const now = performance.now();
        if (firstAt === undefined) {
          firstAt = now;
          note("nightowl: stopping (again to force it)");
          server.close().then(resolve, reject);
        } else if (now - firstAt > SAME_SIGNAL_MS) {
          note("nightowl: forced to stop");
          // An exit would unload the engine under a statement that still runs, and crash.
          process.kill(process.pid, "SIGKILL");
        }
      });
    }
  });
  note("nightowl: stopped");
  // Nothing is left to do, whatever handle a library still holds.
  process.exit(0);
}

function hintOf(flag: string): string {
  if (flag.endsWith("port")) return "port";
  if (flag.endsWith("bytes")) return "size";
  if (flag.endsWith("days")) return "days";
  if (flag.endsWith("dir")) return "folder";
  return flag.replace(/^.*-/, "");
}
