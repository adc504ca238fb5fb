import { CliError } from "./cli-error.ts";

export const DEFAULT_URL = "http://127.0.0.1:6006";

/** Arguments of every command that talks to a running server. */
export const SERVER_ARGS = {
  url: {
    type: "string",
    valueHint: "url",
    description: `Address of the running server, else NIGHTOWL_URL, else ${DEFAULT_URL}`,
  },
  json: { type: "boolean", description: "Print the API's object as JSON, and nothing else" },
} as const;

/** The server's root without a slash at its end. Throws {@link CliError} for what is no HTTP address. */
export function resolveServerUrl(flag: string | undefined, env: Record<string, string | undefined>): string {
  const text = flag ?? (env["NIGHTOWL_URL"] || DEFAULT_URL);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw new CliError(`"${text}" is not an address such as ${DEFAULT_URL}`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new CliError(`"${text}" is not an HTTP address such as ${DEFAULT_URL}`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
