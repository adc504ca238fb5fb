import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InteropClient } from "./clients.ts";
import { runProgram } from "./run-program.ts";

const HERE = new URL(".", import.meta.url).pathname;
const CACHE = join(tmpdir(), "nightowl-interop");
const INSTALL_TIMEOUT_MS = 15 * 60_000;

export interface InstalledClient {
  /** Runs one scenario: command and arguments without the scenario's name. */
  command: string[];
  /** Variables that the program needs beside the common ones. */
  env: Record<string, string>;
  /** Versions of the client and of its instrumentation, as pinned. */
  versions: string;
}

/**
 * Installs the pinned packages of a client into a folder of the system's temporary one, or finds them there from an
 * earlier run: a virtual environment, or an npm project. Throws with the installer's output when that fails.
 */
export async function installClient(client: InteropClient): Promise<InstalledClient> {
  const source = join(HERE, client.folder);
  const pins = join(source, client.runtime === "python" ? "requirements.txt" : "package.json");
  const hash = createHash("sha256").update(readFileSync(pins)).digest("hex").slice(0, 12);
  const folder = join(CACHE, `${client.folder}-${hash}`);
  const mark = join(folder, "installed");
  if (!existsSync(mark)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const steps =
      client.runtime === "python"
        ? [
            ["python3", "-m", "venv", folder],
            [join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", pins],
          ]
        : [["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]];
    if (client.runtime === "node") cpSync(pins, join(folder, "package.json"));
    for (const step of steps) await install(step, folder);
    writeFileSync(mark, "");
  }
  const versions = listVersions(client, readFileSync(pins, "utf8")).join(", ");
  if (client.runtime === "python")
    return {
      command: [join(folder, "bin/python"), join(source, "main.py")],
      env: { PYTHONPATH: join(HERE, "python"), PYTHONDONTWRITEBYTECODE: "1" },
      versions,
    };
  // Node looks for packages from the program's own folder upwards: it runs as a copy.
  cpSync(join(source, "main.mjs"), join(folder, "main.mjs"));
  return { command: [process.execPath, join(folder, "main.mjs")], env: {}, versions };
}

async function install(step: string[], cwd: string): Promise<void> {
  const { ok, output } = await runProgram(step, { cwd, env: {}, timeoutMs: INSTALL_TIMEOUT_MS });
  if (!ok) throw new Error(`could not be installed: ${step.join(" ")}\n${output}`);
}

/** OpenTelemetry's own SDK and exporters are the same for all, and left out. */
function listVersions(client: InteropClient, pins: string): string[] {
  const all =
    client.runtime === "python"
      ? pins
          .trim()
          .split("\n")
          .map((pin) => pin.replace(/\[.*\]/, "").replace("==", " "))
      : Object.entries((JSON.parse(pins) as { dependencies: Record<string, string> }).dependencies).map(
          ([name, version]) => `${name} ${version}`,
        );
  return all.filter((pin) => !/^(@opentelemetry\/|opentelemetry-(sdk|exporter|util)|zod )/.test(pin));
}
