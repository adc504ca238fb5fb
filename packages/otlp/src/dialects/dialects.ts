import type { Dialect } from "./dialect.ts";
import { genai } from "./genai.ts";
import { openinference } from "./openinference.ts";

/**
 * Every dialect, in order of precedence: per field, the first that answers wins. GenAI comes first because
 * bridges write both and lose something on the way to OpenInference (images, finish reasons of messages);
 * where another dialect knows better (the kind), GenAI answers as a fallback only.
 *
 * One more dialect is one more file and one more line here.
 */
export const DIALECTS: readonly Dialect[] = [genai, openinference];
