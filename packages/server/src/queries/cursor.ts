import { QueryInputError } from "./query-input-error.ts";

/** Where the next page starts: opaque text for the client, the last row's sort key to us. */
export function formatCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/**
 * The parts of {@link formatCursor}, each matching its pattern.
 * @throws {QueryInputError} for text that is no cursor of this list.
 */
export function parseCursor(text: string, patterns: readonly RegExp[]): string[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    parts = undefined;
  }
  const fits =
    Array.isArray(parts) &&
    parts.length === patterns.length &&
    patterns.every((pattern, i) => typeof parts[i] === "string" && pattern.test(parts[i]));
  if (!fits) {
    throw new QueryInputError(
      "bad_request",
      "The cursor is not one of this list.",
      "Start again without a cursor, with the same sort and order on every page.",
    );
  }
  return parts as string[];
}
