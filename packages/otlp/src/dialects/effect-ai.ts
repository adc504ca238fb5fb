import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

const CALL = /^LanguageModel\.(generate|stream)(Text|Object)$/;

/**
 * Effect's AI package: a call of a model in GenAI's names, without its messages, and a tool's run with its name and
 * parameters.
 *
 * @see https://effect.website/docs/ai/introduction/
 */
export const effectAi: Dialect = {
  name: "effect-ai",
  speaks: () => false,
  speaksOtherwise: (span, attrs) =>
    (span.name === "Toolkit.handle" && attrs.has("tool")) ||
    (CALL.test(span.name) && attrs.hasFamily("gen_ai")),
  read,
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const isCall = CALL.test(span.name);
  const fields: Partial<LlmFields> = isCall
    ? { kind: "LLM", streaming: span.name.includes(".stream") ? true : undefined }
    : {
        kind: "TOOL",
        tool: compact({ name: take.text("tool"), arguments: take.json("parameters") }),
      };
  return { fields, claimed: take.claimed, notes: take.notes };
}
