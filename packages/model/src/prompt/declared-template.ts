import type { PromptTemplate } from "../span/span.ts";
import { appendPiece, markRole, type PromptPattern } from "./pattern.ts";
import { fingerprint } from "./tokenise.ts";

/** What an application says of a call's prompt, as far as it names the template. */
export interface DeclaredPrompt {
  templateId: string;
  name: string;
  /** Undefined where neither a version nor the text of the template was sent: then the prompts themselves tell versions apart. */
  versionId: string | undefined;
  /** The version as the application names it, or `""`. */
  label: string;
  /** Undefined where the text of the template was not sent. */
  pattern: PromptPattern | undefined;
}

/**
 * The declared template of a call; undefined where neither a name nor a text was sent. A template without a name is known by
 * its text, and a version without one likewise.
 */
export function declaredPromptOf(
  project: string,
  declared: PromptTemplate | undefined,
): DeclaredPrompt | undefined {
  const name = declared?.name ?? "";
  const text = declared?.template ?? "";
  if (name === "" && text === "") return undefined;
  const templateId = `d${fingerprint(`${project}\n${name || text}`)}`;
  const label = declared?.version ?? "";
  const known = label || text;
  return {
    templateId,
    name,
    versionId: known === "" ? undefined : `w${fingerprint(`${templateId}\n${known}`)}`,
    label,
    pattern: text === "" ? undefined : parseTemplate(text),
  };
}

/** `{{name}}`, `{{{name}}}`, `${name}` and `{name}`, as Mustache, Jinja, JavaScript and Python write variables. */
const PLACEHOLDER = /\{\{\{?\s*([\w.-]+)\s*\}?\}\}|\$\{\s*([\w.-]+)\s*\}|\{([A-Za-z_][\w.-]*)\}/g;

/** The text of a template as a pattern. Messages are read from a JSON list of `{role, content}`; other text is one message. */
export function parseTemplate(text: string): PromptPattern {
  const messages = readMessages(text);
  const pattern: PromptPattern = [];
  for (const piece of parsePieces(messages ? messages.join("") : text)) appendPiece(pattern, piece);
  return pattern;
}

function parsePieces(text: string): PromptPattern {
  const pieces: PromptPattern = [];
  let at = 0;
  for (const found of text.matchAll(PLACEHOLDER)) {
    pieces.push(text.slice(at, found.index));
    pieces.push({ name: found[1] ?? found[2] ?? found[3] ?? "", shape: "block" });
    at = found.index + found[0].length;
  }
  pieces.push(text.slice(at));
  return pieces;
}

function readMessages(text: string): string[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list) || list.length === 0) return undefined;
    const messages = list.map((item: unknown) => {
      const { role, content } = (item ?? {}) as { role?: unknown; content?: unknown };
      return typeof role === "string" && typeof content === "string" ? markRole(role, content) : undefined;
    });
    return messages.every((message) => message !== undefined) ? messages : undefined;
  } catch {
    return undefined;
  }
}
