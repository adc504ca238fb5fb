import type { QUERY_ORDERS, SearchedQuery } from "@nightowl/model/api/retrieval";
import type { SpanKind } from "@nightowl/model/span/span";
import type { Database } from "../store/db/database.ts";
import { requireProject } from "./list-projects.ts";
import { findingScope, IS_EMPTY, TOP_SCORE, type RetrievalScopeInput } from "./retrieval-scope.ts";

export interface ListRetrievalQueriesInput extends RetrievalScopeInput {
  order: (typeof QUERY_ORDERS)[number];
  limit: number;
}

interface Group {
  retriever: string;
  kind: SpanKind;
  hash: string;
  retrievals: number;
  top: number | null;
  mean_top: number | null;
}

interface Place {
  retriever: string;
  kind: SpanKind;
  hash: string;
  place: [
    query: string,
    traceId: string,
    spanId: string,
    startNs: string,
    found: number,
    used: number,
    known: number,
  ];
}

const ORDERS: Record<ListRetrievalQueriesInput["order"], { pick: string; condition: string; sql: string }> = {
  worst: { pick: "-top_score", condition: "isNotNull(top_score)", sql: "min(top_score) AS top" },
  best: { pick: "top_score", condition: "isNotNull(top_score)", sql: "max(top_score) AS top" },
  empty: { pick: "toInt64(start_ns)", condition: IS_EMPTY, sql: "NULL AS top" },
};
const SORTS = { worst: "top ASC", best: "top DESC", empty: "retrievals DESC" } as const;

/**
 * Queries, the same text of one retriever once. First which ones by their hash, then the search of each that is shown: what a
 * million searches say is narrow, and few texts are carried along.
 *
 * @throws {QueryInputError} for a filter or time that cannot be read, and for an unknown project.
 */
export async function listRetrievalQueries(
  db: Database,
  input: ListRetrievalQueriesInput,
): Promise<SearchedQuery[]> {
  const { from, params } = findingScope(input);
  const { pick, condition, sql } = ORDERS[input.order];
  const searches = `FROM (SELECT *, ${TOP_SCORE} AS top_score, cityHash64(query) AS hash ${from}) WHERE ${condition}`;
  const groups = await db.query<Group>(
    `SELECT retriever, kind, hash, sum(sample_weight) AS retrievals, ${sql}, avg(top_score) AS mean_top ${searches}
GROUP BY retriever, kind, hash ORDER BY ${SORTS[input.order]}, retrievals DESC, retriever, hash LIMIT {limit:UInt32}`,
    { ...params, limit: input.limit },
  );
  if (groups.length === 0) {
    await requireProject(db, input.project);
    return [];
  }
  const places = await db.query<Place>(
    `SELECT retriever, kind, hash, argMax((query, trace_id, span_id, start_ns, toUInt32(length(documents)),
  toUInt32(countEqual(used, 1)), toUInt32(length(used) - countEqual(used, -1))), ${pick}) AS place
${searches} AND hash IN {hashes:Array(UInt64)} GROUP BY retriever, kind, hash`,
    { ...params, hashes: groups.map(({ hash }) => hash) },
  );
  const known = new Map(places.map((each) => [keyOf(each), each.place]));
  return groups.flatMap((group) => {
    const place = known.get(keyOf(group));
    return place ? [toSearchedQuery(group, place)] : [];
  });
}

const keyOf = ({ retriever, kind, hash }: Pick<Group, "retriever" | "kind" | "hash">) =>
  `${hash} ${kind} ${retriever}`;

function toSearchedQuery(group: Group, place: Place["place"]): SearchedQuery {
  const [query, traceId, spanId, startTimeNs, found, used, known] = place;
  return {
    query,
    retriever: group.retriever,
    kind: group.kind,
    retrievalCount: Math.round(group.retrievals),
    topScore: group.top,
    meanTopScore: group.mean_top,
    documentCount: found,
    usedCount: known > 0 ? used : null,
    traceId,
    spanId,
    startTimeNs,
  };
}
