import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * LangChain4j, by its own observations (Micrometer) and by Quarkus: GenAI's names, with tokens under bare names from the
 * one, and services and an estimated cost from the other.
 *
 * @see https://docs.quarkiverse.io/quarkus-langchain4j/dev/observability.html
 */
export const langchain4j: Dialect = { name: "langchain4j", speaks, speaksOtherwise, read };

const SERVICE = "langchain4j.aiservices.";
const COST = "gen_ai.client.estimated_cost";

function speaks(_scope: string, keys: AttributeKeys): boolean {
  return keys.has(COST) || (keys.has("outcome") && keys.hasFamily("gen_ai"));
}

function speaksOtherwise(span: WireSpan): boolean {
  return span.name.startsWith("langchain4j.");
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const fields: Partial<LlmFields> = {
    usage:
      compact({ inputTokens: take.count("input_tokens"), outputTokens: take.count("output_tokens") }) ?? {},
    cost: readCost(take),
  };
  if (span.name.startsWith(SERVICE)) {
    fields.kind = "CHAIN";
    fields.displayName = span.name.slice(SERVICE.length);
  }
  return { fields, claimed: take.claimed, notes: take.notes };
}

/** `0.0012USD`; another currency is none that costs are counted in. */
function readCost(take: AttributeTaker): LlmFields["cost"] {
  const usd = /^(\d+(?:\.\d+)?)USD$/.exec(take.attrs.text(COST) ?? "")?.[1];
  if (usd === undefined) return undefined;
  take.claim(COST);
  return reportedCost(Number(usd), undefined, undefined);
}
