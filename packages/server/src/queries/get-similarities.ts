import type { Attributes } from "@nightowl/model/span/attributes";
import { cosineSimilarity } from "@nightowl/model/retrieval/cosine-similarity";
import type { Document } from "@nightowl/model/span/span";
import { numbersOf, readVectors } from "@nightowl/otlp/dialects/openinference/vectors";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { Database } from "../store/db/database.ts";
import { getSpan } from "./get-span.ts";
import { locateSpans, TRACE_SPANS, type TraceIdentity } from "./get-trace.ts";
import { readEventsOf } from "./read-span-logs.ts";

const MAX_EMBEDDING_SPANS = 50;

/**
 * How alike query and documents of a search are by the vectors that the trace has: those of its embedding spans, by text, and
 * those that documents carry in their metadata. In rank order, null where a vector is missing.
 *
 * @throws {QueryInputError} `not_found` when the project has no such span.
 */
export async function getSimilarities(
  db: Database,
  identity: TraceIdentity & { spanId: string },
): Promise<(number | null)[]> {
  const [{ span: wire }, place] = await Promise.all([getSpan(db, identity), locateSpans(db, identity)]);
  const [logs = []] = await readEventsOf(db, [wire]);
  const { query, documents } = normaliseSpan(wire, { project: identity.project, logs });
  const rows = await db.query<{ attributes: string }>(
    `SELECT attributes FROM spans FINAL WHERE ${TRACE_SPANS} AND kind = 'EMBEDDING'
ORDER BY start_ns LIMIT ${MAX_EMBEDDING_SPANS}`,
    { ...place },
  );
  const vectors = new Map(
    rows
      .flatMap(({ attributes }) => readVectors(JSON.parse(attributes) as Attributes))
      .map(({ text, vector }) => [text.trim(), vector] as const),
  );
  const asked = query === undefined ? undefined : vectors.get(query.trim());
  return documents.map((document) => {
    const found = vectors.get(document.text?.trim() ?? "") ?? ownVector(document);
    return (asked && found && cosineSimilarity(asked, found)) ?? null;
  });
}

function ownVector({ metadata }: Document): number[] | undefined {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const { vector, embedding } = metadata as { vector?: unknown; embedding?: unknown };
  return numbersOf(vector) ?? numbersOf(embedding);
}
