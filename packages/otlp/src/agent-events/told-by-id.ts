import type { LogRecord } from "@nightowl/model/log/log-record";
import type { WireSpan } from "@nightowl/model/span/span";

/** Log records of Claude Code's name the span of the whole run, and say by an id which of its requests or tools they are of. */
const SCOPE = "com.anthropic.claude_code.events";

/** Names of the spans that are told of so, and the attribute that has the id: the same one on the record. */
export const TOLD_BY_ID: Readonly<Record<string, string>> = {
  "claude_code.llm_request": "request_id",
  "claude_code.tool": "tool_use_id",
};

/** The id by which log records of its trace tell of the span; `undefined` where they name the span itself. */
export function toldIdOf({ name, attributes }: Pick<WireSpan, "name" | "attributes">): string | undefined {
  const key = Object.hasOwn(TOLD_BY_ID, name) ? TOLD_BY_ID[name] : undefined;
  const id = key === undefined ? undefined : attributes[key];
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** The ids of what the record tells of beside the span that it names: a tool that ran, and the request that called it. */
export function toldIdsIn({ scope, attributes }: Pick<LogRecord, "scope" | "attributes">): string[] {
  if (scope.name !== SCOPE) return [];
  return Object.values(TOLD_BY_ID).flatMap((key) => {
    const id = attributes[key];
    return typeof id === "string" && id !== "" ? [id] : [];
  });
}
