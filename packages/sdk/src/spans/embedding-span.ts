import type { Attributes, Span } from "@opentelemetry/api";
import {
  OpenInferenceSpanKind,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { isFields } from "./message-attributes.ts";
import { attempt } from "./attempt.ts";
import { runSpan, type Traced } from "./run-span.ts";
import { toJson } from "./to-json.ts";
import { usageAttributes } from "./usage-attributes.ts";
import { inputAttributes } from "./values.ts";

export interface EmbeddingSpanOptions {
  model: string;
  /** One text or several. */
  texts: string | readonly string[];
  /** `openai`, `cohere`, … */
  provider?: string;
  /** Settings of the call, such as `dimensions`. */
  parameters?: Record<string, unknown>;
  /** The span's name. Default: `embedding`. */
  name?: string;
  attributes?: Attributes;
}

/**
 * Runs an embedding call in a span of kind EMBEDDING. Usage and model of an OpenAI-shaped answer are recorded.
 * Vectors are not, unless `recordEmbeddingOutput` is called: they are large and say nothing to a reader.
 * Returns what the callback returns; throws what it throws.
 */
export function embeddingSpan<T>(options: EmbeddingSpanOptions, fn: (span: Span) => T): Traced<T> {
  return runSpan(
    {
      name: options.name ?? "embedding",
      kind: OpenInferenceSpanKind.EMBEDDING,
      attributes: () => {
        const texts = typeof options.texts === "string" ? [options.texts] : options.texts;
        const parameters = options.parameters === undefined ? undefined : toJson(options.parameters);
        const attributes: Attributes = {
          [Names.EMBEDDING_MODEL_NAME]: options.model,
          ...(options.provider === undefined ? {} : { [Names.LLM_PROVIDER]: options.provider }),
          ...(parameters === undefined ? {} : { "embedding.invocation_parameters": parameters }),
          ...inputAttributes(texts.length === 1 ? texts[0] : texts),
        };
        for (const [index, text] of texts.entries()) {
          attributes[`${Names.EMBEDDING_EMBEDDINGS}.${index}.${Names.EMBEDDING_TEXT}`] = text;
        }
        return { ...attributes, ...options.attributes };
      },
      onResult: (span, result) => {
        if (isFields(result)) span.setAttributes(usageAttributes(result["usage"]));
      },
    },
    fn,
  );
}

/** Records the vectors of the texts, in their order. Never throws. */
export function recordEmbeddingOutput(span: Span, vectors: readonly (readonly number[])[]): void {
  if (!span.isRecording()) return;
  attempt(() => {
    for (const [index, vector] of vectors.entries()) {
      span.setAttribute(`${Names.EMBEDDING_EMBEDDINGS}.${index}.${Names.EMBEDDING_VECTOR}`, [...vector]);
    }
  });
}
