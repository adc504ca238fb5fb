import type { Resource } from "@nightowl/model/span/span";

export const DEFAULT_PROJECT = "default";
const MAX_LENGTH = 200;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/g;

/**
 * The project of a resource's spans: the sender's header, else the resource's own word
 * (`openinference.project.name`), else what its service is mapped to, else `default`.
 */
export function projectOf(
  resource: Resource,
  options: { header?: string | undefined; byService: ReadonlyMap<string, string> },
): string {
  return (
    cleanProjectName(options.header) ??
    cleanProjectName(resource.attributes["openinference.project.name"]) ??
    cleanProjectName(options.byService.get(String(resource.attributes["service.name"] ?? ""))) ??
    DEFAULT_PROJECT
  );
}

/** Trimmed, without control characters, at most 200 characters; undefined when nothing is left. */
export function cleanProjectName(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const name = value.replace(CONTROL, "").trim().slice(0, MAX_LENGTH).trim().toWellFormed();
  // A browser takes these two out of an address before it asks.
  return name === "" || name === "." || name === ".." ? undefined : name;
}

/** Header bytes reach Node as Latin-1; a name in UTF-8 is read as what it was. */
export function headerText(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined) return undefined;
  const utf8 = Buffer.from(text, "latin1").toString("utf8");
  return utf8.includes("\uFFFD") ? text : utf8;
}
