import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { PriceRule } from "@nightowl/model/pricing/price";
import { nearest } from "./nearest.ts";
import { parseSetting, type SettingType } from "./setting-value.ts";

/** One setting: everything there is to say of it, for the reader, the command line's help and the docs. */
export interface Setting {
  /** Its key in {@link Config}. */
  name: keyof SettingValues;
  /** Without the dashes; also its key in the configuration file. */
  flag: string;
  env: string;
  type: SettingType;
  /** As it would be written on the command line; `""` is "not set". */
  default: string;
  doc: string;
}

interface SettingValues {
  host: string;
  port: number;
  /** null: this receiver is off. */
  otlpHttpPort: number | null;
  grpcPort: number | null;
  dataDir: string;
  /** Origins, or `["*"]`; empty is off. */
  corsOrigins: string[];
  maxBodyBytes: number;
  maxDecompressedBytes: number;
  /** 0 keeps everything. */
  retentionDays: number;
  logLevel: string;
  /** service.name → project. */
  projectByService: Map<string, string>;
  prices: PriceRule[];
}

export interface Config extends SettingValues {
  /** What was odd but no reason to stop, one sentence each; the server logs them when it starts. */
  warnings: string[];
}

/** Every setting there is, in the order of docs/configuration.md. */
export const SETTINGS: readonly Setting[] = [
  {
    name: "host",
    flag: "host",
    env: "NIGHTOWL_HOST",
    type: "text",
    default: "127.0.0.1",
    doc: "Address to listen on. `0.0.0.0` opens every port below to the network; there is no login.",
  },
  {
    name: "port",
    flag: "port",
    env: "NIGHTOWL_PORT",
    type: "port",
    default: "6006",
    doc: "The page, the API and OTLP/HTTP. 0 takes any free port.",
  },
  {
    name: "otlpHttpPort",
    flag: "otlp-http-port",
    env: "NIGHTOWL_OTLP_HTTP_PORT",
    type: "optional-port",
    default: "4318",
    doc: "OTLP/HTTP on its standard port; `off` to leave it closed. A taken port is a warning.",
  },
  {
    name: "grpcPort",
    flag: "grpc-port",
    env: "NIGHTOWL_GRPC_PORT",
    type: "optional-port",
    default: "4317",
    doc: "OTLP/gRPC on its standard port; `off` to leave it closed. A taken port is a warning.",
  },
  {
    name: "dataDir",
    flag: "data-dir",
    env: "NIGHTOWL_DATA_DIR",
    type: "path",
    default: "./.nightowl",
    doc: "Folder of the database. Made when missing; one server at a time may use it.",
  },
  {
    name: "corsOrigins",
    flag: "cors-origins",
    env: "NIGHTOWL_CORS_ORIGINS",
    type: "origins",
    default: "",
    doc: "Web origins, with commas between, whose pages may send traces (`https://app.example`), or `*`. Not set: none.",
  },
  {
    name: "maxBodyBytes",
    flag: "max-body-bytes",
    env: "NIGHTOWL_MAX_BODY_BYTES",
    type: "bytes",
    default: "64MiB",
    doc: "Largest request as sent, before decompression (on gRPC also after it).",
  },
  {
    name: "maxDecompressedBytes",
    flag: "max-decompressed-bytes",
    env: "NIGHTOWL_MAX_DECOMPRESSED_BYTES",
    type: "bytes",
    default: "128MiB",
    doc: "Largest request after decompression.",
  },
  {
    name: "retentionDays",
    flag: "retention-days",
    env: "NIGHTOWL_RETENTION_DAYS",
    type: "days",
    default: "0",
    doc: "Days after which spans are deleted; 0 keeps them for ever.",
  },
  {
    name: "logLevel",
    flag: "log-level",
    env: "NIGHTOWL_LOG_LEVEL",
    type: "log-level",
    default: "info",
    doc: "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. Logs are JSON lines on stderr.",
  },
  {
    name: "projectByService",
    flag: "project-by-service",
    env: "NIGHTOWL_PROJECT_BY_SERVICE",
    type: "mapping",
    default: "",
    doc: "Projects of services that name none themselves: `checkout=shop,search=shop`.",
  },
  {
    name: "prices",
    flag: "prices",
    env: "NIGHTOWL_PRICES",
    type: "prices",
    default: "",
    doc: "Prices of models, as a JSON list; they win over the published ones. See below.",
  },
];

/** The configuration file itself: `--config`, `NIGHTOWL_CONFIG`. Its keys are the flags' names. */
export const CONFIG_FILE = { flag: "config", env: "NIGHTOWL_CONFIG" } as const;

const PREFIX = "NIGHTOWL_";

/** Variables of the same prefix that other commands and the SDK read; no reason to warn. */
const OTHER_VARIABLES = new Set<string>([
  CONFIG_FILE.env,
  "NIGHTOWL_URL",
  "NIGHTOWL_ENDPOINT",
  "NIGHTOWL_API_KEY",
  "NIGHTOWL_PROJECT",
]);

/** A setting that cannot be used. The message says which, from where, and what would do. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * Reads the configuration: flags win over variables, these over the file, that over the defaults.
 * @param argv the flags as typed, `["--port", "7000", "--host=0.0.0.0"]`
 * @throws ConfigError on an unknown flag, an unreadable file or a value that cannot be used
 */
export function readConfig({
  argv = [],
  env = {},
}: {
  argv?: readonly string[];
  env?: Record<string, string | undefined>;
} = {}): Config {
  const flags = readFlags(argv);
  const warnings = unknownVariables(env);
  const filePath = flags[CONFIG_FILE.flag] ?? present(env[CONFIG_FILE.env]);
  const file = filePath === undefined ? {} : readConfigFile(filePath);

  const values: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const [text, source] =
      flags[setting.flag] !== undefined
        ? [flags[setting.flag]!, `--${setting.flag}`]
        : present(env[setting.env]) !== undefined
          ? [env[setting.env]!, setting.env]
          : file[setting.flag] !== undefined
            ? [file[setting.flag]!, `"${setting.flag}" in ${filePath}`]
            : [setting.default, `--${setting.flag}`];
    const parsed = parseSetting(setting.type, text.trim());
    if ("problem" in parsed) throw new ConfigError(`${source} ${parsed.problem}, not "${text}".`);
    values[setting.name] = parsed.value;
  }
  // Each value was made by parseSetting for the type its setting declares.
  const config = { ...(values as unknown as SettingValues), warnings };
  if (config.maxDecompressedBytes < config.maxBodyBytes) {
    throw new ConfigError(
      `--max-decompressed-bytes (${config.maxDecompressedBytes}) must not be less than --max-body-bytes (${config.maxBodyBytes}).`,
    );
  }
  return config;
}

function readFlags(argv: readonly string[]): Record<string, string | undefined> {
  const known = [...SETTINGS.map((s) => s.flag), CONFIG_FILE.flag];
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(known.map((flag) => [flag, { type: "string" as const }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags: Record<string, string | undefined> = {};
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new ConfigError(`"${token.value}" is not understood: settings are given as --name value.`);
    }
    if (token.kind !== "option") continue;
    if (!known.includes(token.name)) {
      const guess = nearest(token.name, known);
      throw new ConfigError(`Unknown flag ${token.rawName}.${guess ? ` Did you mean --${guess}?` : ""}`);
    }
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--"))) {
      throw new ConfigError(`--${token.name} needs a value.`);
    }
    flags[token.name] = token.value;
  }
  return flags;
}

function unknownVariables(env: Record<string, string | undefined>): string[] {
  const known = SETTINGS.map((s) => s.env);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !OTHER_VARIABLES.has(name))
    .sort()
    .map((name) => {
      const guess = nearest(
        name.slice(PREFIX.length),
        known.map((other) => other.slice(PREFIX.length)),
      );
      return `The variable ${name} is not a setting and was ignored.${guess ? ` Did you mean ${PREFIX}${guess}?` : ""}`;
    });
}

/** An empty variable is as good as none: that is how compose files leave them out. */
function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}

function readConfigFile(path: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ConfigError(
      `The configuration file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new ConfigError(`The configuration file ${path} must hold one JSON object.`);
  }
  const known = SETTINGS.map((s) => s.flag);
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(parsed)) {
    if (!known.includes(key)) {
      const guess = nearest(key, known);
      throw new ConfigError(
        `The configuration file ${path} has an unknown key "${key}".${guess ? ` Did you mean "${guess}"?` : ""}`,
      );
    }
    settings[key] = fileValueText(path, key, value);
  }
  return settings;
}

/** Lists and objects of the file, in the form the command line has for them. */
function fileValueText(path: string, key: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (value === false) return "off";
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item !== "object" || item === null);
    return isPlain ? value.map(String).join(",") : JSON.stringify(value);
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([from, to]) => `${from}=${String(to)}`)
      .join(",");
  }
  throw new ConfigError(`The configuration file ${path}: "${key}" cannot be ${String(value)}.`);
}
