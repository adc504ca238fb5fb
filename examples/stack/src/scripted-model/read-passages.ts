/** A piece of text that the model was shown, with what it may be cited by. */
export interface Passage {
  id?: string;
  title: string;
  text: string;
}

const TEXT_KEYS = ["text", "content", "snippet", "passage", "body"];
const ID_KEYS = ["id", "chunk_id", "doc_id", "url", "source"];

/** The passages in a tool's result: the objects in its JSON that have a text, or else all of it as one. */
export function readPassages(result: string): Passage[] {
  const value = parseJson(result);
  if (value === undefined) return [{ title: "", text: result }];
  const passages = listObjects(value).flatMap((object) => {
    const text = TEXT_KEYS.map((key) => object[key]).find((candidate) => typeof candidate === "string");
    if (typeof text !== "string") return [];
    const id = ID_KEYS.map((key) => object[key]).find((candidate) => typeof candidate === "string");
    const title = typeof object["title"] === "string" ? object["title"] : "";
    return [{ title, text, ...(typeof id === "string" ? { id } : {}) }];
  });
  return passages.length > 0 ? passages : [{ title: "", text: printFacts(value) }];
}

/** Whether text is left out at an end of the passage. */
export function isCut({ text }: Passage): boolean {
  return /^\s*(…|\.\.\.)|(…|\.\.\.)\s*$/.test(text);
}

/** Whether a tool's result says that it failed. */
export function isToolError(result: string): boolean {
  const value = parseJson(result);
  if (typeof value === "object" && value !== null && "error" in value) return true;
  return value === undefined && /^\s*(error|exception|failed)\b/i.test(result);
}

/** `{"city":"Paris","sky":{"clouds":3}}` is `city: Paris, clouds: 3`. */
function printFacts(value: unknown): string {
  if (Array.isArray(value)) return value.map(printFacts).filter(Boolean).join("; ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) =>
      typeof inner === "object" && inner !== null
        ? printFacts(inner)
        : `${key.replaceAll("_", " ")}: ${inner}`,
    )
    .filter(Boolean)
    .join(", ");
}

function listObjects(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(listObjects);
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(listObjects)];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
