import { resolve } from "node:path";
import { priceRuleSchema } from "@nightowl/model/pricing/price";

export type SettingType =
  | "text"
  | "port"
  | "optional-port"
  | "path"
  | "origins"
  | "bytes"
  | "days"
  | "log-level"
  | "mapping"
  | "prices";

type Parsed = { value: unknown } | { problem: string };

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const UNITS: Record<string, number> = { "": 1, b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };

/** Reads a setting's text. `problem` continues a sentence that starts with the setting's name: "must be …". */
export function parseSetting(type: SettingType, text: string): Parsed {
  return PARSERS[type](text);
}

const PARSERS: Record<SettingType, (text: string) => Parsed> = {
  text: (text) => (text === "" ? { problem: "must not be empty" } : { value: text }),
  path: (text) => (text === "" ? { problem: "must not be empty" } : { value: resolve(text) }),
  port: (text) => parsePort(text, "must be a port, 1–65535, or 0 for any free one"),
  "optional-port": (text) =>
    text === "off"
      ? { value: null }
      : parsePort(text, "must be a port, 1–65535, 0 for any free one, or `off`"),
  bytes: parseBytes,
  days: (text) =>
    /^\d{1,5}$/.test(text)
      ? { value: Number(text) }
      : { problem: "must be a whole number of days, 0 or more" },
  "log-level": (text) =>
    LOG_LEVELS.includes(text) ? { value: text } : { problem: `must be one of ${LOG_LEVELS.join(", ")}` },
  origins: parseOrigins,
  mapping: parseMapping,
  prices: parsePrices,
};

function parsePort(text: string, problem: string): Parsed {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port <= 65_535 ? { value: port } : { problem };
}

function parseBytes(text: string): Parsed {
  const match = /^(\d+)\s*([a-z]*)$/i.exec(text);
  const unit = match ? UNITS[match[2]!.toLowerCase()] : undefined;
  const value = match && unit !== undefined ? Number(match[1]) * unit : NaN;
  // One buffer of Node holds less than 4 GiB; half of that is more than any exporter sends.
  return value >= 1024 && value <= 2 * 1024 ** 3
    ? { value }
    : { problem: "must be a size from 1024 bytes to 2GiB, such as 67108864 or 64MiB" };
}

function parseOrigins(text: string): Parsed {
  const origins = text
    .split(",")
    .map((origin) => origin.trim().replace(/\/$/, ""))
    .filter((origin) => origin !== "");
  for (const origin of origins) {
    if (origin !== "*" && (!URL.canParse(origin) || new URL(origin).origin !== origin)) {
      return { problem: "must be origins such as https://app.example:8443, with commas between, or *" };
    }
  }
  return { value: origins };
}

function parseMapping(text: string): Parsed {
  const mapping = new Map<string, string>();
  for (const pair of text.split(",").map((item) => item.trim())) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const service = pair.slice(0, Math.max(at, 0)).trim();
    const project = pair.slice(at + 1).trim();
    if (service === "" || project === "")
      return { problem: "must be service=project pairs, with commas between" };
    mapping.set(service, project);
  }
  return { value: mapping };
}

function parsePrices(text: string): Parsed {
  if (text === "") return { value: [] };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return { problem: "must be a JSON list of prices" };
  }
  const parsed = priceRuleSchema.array().safeParse(list);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `has a price that cannot be used (${issue?.path.join(".")}: ${issue?.message})` };
}
