import { LRUCache } from "lru-cache";
import type { Span } from "@nightowl/model/span/span";
import type { DocumentsOf } from "../store/rows.ts";
import { traceKey } from "./touched-traces.ts";

const MAX_CHARACTERS = 16 << 20;
const MAX_DOCUMENTS = 100;
const MAX_TRACE_CHARACTERS = 256 << 10;
const NONE: readonly string[] = [];

/**
 * What retrievers found in traces of late: they end before the model call that is shown their documents, so that these can be told
 * from the rest of its prompt.
 */
export class RecentDocuments {
  readonly #texts = new LRUCache<string, readonly string[]>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (texts) => texts.reduce((sum, text) => sum + text.length, 1),
  });

  /** Takes in the documents of these spans; then says which documents a span's trace has. */
  after(spans: readonly Span[]): DocumentsOf {
    for (const span of spans) {
      if (span.documents.length > 0) this.#add(span);
    }
    if (this.#texts.size === 0) return () => NONE;
    return ({ project, traceId }) => this.#texts.get(traceKey(project, traceId)) ?? NONE;
  }

  #add({ project, traceId, kind, documents: found }: Span): void {
    // A tool's come to prompts as its result, and are told from the rest by that: one says that the trace has searched.
    const documents = kind === "TOOL" ? found.filter(({ text }) => text).slice(0, 1) : found;
    const key = traceKey(project, traceId);
    const texts = new Set(this.#texts.get(key) ?? NONE);
    let characters = 0;
    for (const text of texts) characters += text.length;
    for (const { text } of documents) {
      if (!text || texts.size >= MAX_DOCUMENTS || characters + text.length > MAX_TRACE_CHARACTERS) continue;
      texts.add(text);
      characters += text.length;
    }
    this.#texts.set(key, [...texts]);
  }
}
