import * as contract from "@nightowl/model/api/retrieval";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonRequest, jsonSpan, TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
const WARM = "Boots tried on indoors count as unused.";
const COLD = "Fuel is a dangerous good and is not shipped.";
const HUB = "Welcome to the shop for everything outdoors.";
const PATH = "/api/projects/shop/retrieval";

const spanIdOf = (n: number, step: number) => `${n}${step}`.padStart(16, "0");
const number = (key: string, value: number) => ({ key, value: { doubleValue: value } });

function found(texts: readonly (readonly [text: string, score: number])[]): object[] {
  return texts.flatMap(([text, score], index) => [
    textAttribute(`retrieval.documents.${index}.document.id`, text.slice(0, 4)),
    textAttribute(`retrieval.documents.${index}.document.content`, text),
    number(`retrieval.documents.${index}.document.score`, score),
  ]);
}

/** A question that is looked up and answered. */
function trace(
  n: number,
  {
    query,
    documents,
    answer,
    user,
  }: Record<"query" | "answer" | "user", string> & { documents: [string, number][] },
): object[] {
  const traceId = (0xd0 + n).toString(16).padStart(32, "0");
  const at = (offset: number) =>
    String(1_763_690_000_000_000_000n + BigInt(n * 60 + offset) * 1_000_000_000n);
  const span = (step: number, name: string, attributes: object[]) =>
    jsonSpan({
      traceId,
      spanId: spanIdOf(n, step),
      parentSpanId: step === 1 ? "" : spanIdOf(n, 1),
      name,
      startTimeUnixNano: at(step),
      endTimeUnixNano: at(step + 1),
      attributes,
    });
  return [
    span(1, "ask", [textAttribute("openinference.span.kind", "CHAIN"), textAttribute("user.id", user)]),
    span(2, "vectors", [
      textAttribute("openinference.span.kind", "RETRIEVER"),
      textAttribute("input.value", query),
      ...found(documents),
    ]),
    span(3, "chat", [
      textAttribute("openinference.span.kind", "LLM"),
      textAttribute("llm.output_messages.0.message.role", "assistant"),
      textAttribute("llm.output_messages.0.message.content", answer),
    ]),
  ];
}

const TRACES = [
  {
    query: "boots?",
    documents: [
      [WARM, 0.9],
      [HUB, 0.5],
    ],
    answer: `They say: ${WARM}`,
    user: "ann",
  },
  {
    query: "fuel?",
    documents: [
      [HUB, 0.4],
      [COLD, 0.3],
    ],
    answer: `No. ${COLD}`,
    user: "ann",
  },
  { query: "fuel?", documents: [[HUB, 0.2]], answer: "I could not find anything about that.", user: "ben" },
  { query: "tents?", documents: [], answer: "I could not find anything about that.", user: "ben" },
] satisfies Parameters<typeof trace>[1][];

beforeAll(async () => {
  await server.start();
  await server.send("shop", jsonRequest(...TRACES.flatMap((each, index) => trace(index + 1, each))));
  const judge = (n: number, position: number, result: object) => ({
    span_id: spanIdOf(n, 2),
    document_position: position,
    name: "relevance",
    annotator_kind: "LLM",
    result,
  });
  const response = await fetch(`${server.url}/v1/document_annotations?sync=true`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      data: [
        judge(1, 0, { score: 1 }),
        judge(1, 1, { label: "irrelevant" }),
        judge(2, 0, { score: 0 }),
        judge(2, 1, { label: "relevant" }),
      ],
    }),
  });
  expect(response.status).toBe(200);
});
afterAll(() => server.remove());

async function ask<T>(route: { response: { parse: (value: unknown) => T } }, path: string): Promise<T> {
  const { status, body } = await server.get(PATH + path);
  expect([status, body]).toEqual([200, body]);
  const parsed = route.response.parse(body);
  expect(parsed).toEqual(body);
  return parsed;
}

describe("the searches of a project", () => {
  it("are counted, by retriever, with what they found", async () => {
    const overview = await ask(contract.retrievalOverview, "");
    expect(overview).toMatchObject({
      retrievalCount: 4,
      failedCount: 0,
      emptyCount: 1,
      hitCount: 5,
      documentCount: 3,
      neverUsedCount: 1,
      usedShare: 0.4,
      documentsFound: [
        { from: 0, to: 1, count: 1 },
        { from: 1, to: 2, count: 1 },
        { from: 2, to: 3, count: 2 },
      ],
      hits: [
        { from: 1, to: 2, count: 2 },
        { from: 2, to: 3, count: 0 },
        { from: 3, to: 5, count: 1 },
      ],
      // One document of the three is the tenth that is found most: three of the five hits.
      topTenthShare: 0.6,
    });
    expect(overview.retrievers).toMatchObject([
      {
        name: "vectors",
        kind: "RETRIEVER",
        retrievalCount: 4,
        emptyCount: 1,
        meanDocuments: 1.25,
        durationP50Ms: 1000,
        topScores: { p50: 0.4, count: 3 },
        lowerIsBetter: false,
        usedShare: 0.4,
      },
    ]);
    const bins = overview.retrievers[0]?.scores.filter(({ all }) => all > 0);
    expect(bins?.map(({ from, top, all }) => [Number(from.toFixed(2)), top, all])).toEqual([
      [0.2, 1, 1],
      [0.3, 0, 1],
      [0.4, 1, 1],
      [0.5, 0, 1],
      [0.9, 1, 1],
    ]);
  });

  it("of lists of traces are those of that list", async () => {
    const overview = await ask(contract.retrievalOverview, `?filter=${encodeURIComponent("user:ann")}`);
    expect(overview).toMatchObject({ retrievalCount: 2, emptyCount: 0, hitCount: 4 });
    const later = await ask(contract.retrievalOverview, "?from=2025-11-21T01:55:30Z");
    expect(later.retrievalCount).toBeLessThan(4);
    expect((await server.get(`${PATH}?filter=latency:%3Esoon`)).status).toBe(400);
    expect((await server.get("/api/projects/nowhere/retrieval")).status).toBe(404);
  });

  it("have the queries with the lowest top scores first, each text once, with its worst search", async () => {
    const { data } = await ask(contract.listRetrievalQueries, "/queries");
    expect(
      data.map(({ query, topScore, retrievalCount, usedCount }) => [
        query,
        topScore,
        retrievalCount,
        usedCount,
      ]),
    ).toEqual([
      ["fuel?", 0.2, 2, 0],
      ["boots?", 0.9, 1, 1],
    ]);
    expect(data[0]).toMatchObject({
      spanId: spanIdOf(3, 2),
      meanTopScore: expect.closeTo(0.3, 10),
      documentCount: 1,
    });
    const { data: empty } = await ask(contract.listRetrievalQueries, "/queries?order=empty");
    expect(empty).toMatchObject([{ query: "tents?", topScore: null, documentCount: 0 }]);
    const { data: best } = await ask(
      contract.listRetrievalQueries,
      "/queries?order=best&retriever=vectors&limit=1",
    );
    expect(best).toMatchObject([{ query: "boots?" }]);
  });

  it("have documents that were found and never used", async () => {
    const { data } = await ask(contract.listRetrievedDocuments, "/documents");
    expect(data).toMatchObject([
      {
        id: "Welc",
        preview: HUB,
        hitCount: 3,
        usedCount: 0,
        knownCount: 3,
        meanRank: expect.closeTo(4 / 3, 10),
      },
    ]);
    const { data: all } = await ask(contract.listRetrievedDocuments, "/documents?sort=hits");
    expect(all.map(({ id, hitCount, usedCount }) => [id, hitCount, usedCount])).toEqual(
      expect.arrayContaining([
        ["Welc", 3, 0],
        ["Boot", 1, 1],
        ["Fuel", 1, 1],
      ]),
    );
  });

  it("are those that found a document, with its text", async () => {
    const { data } = await ask(contract.listRetrievedDocuments, "/documents");
    const document = await ask(contract.getRetrievedDocument, `/documents/${data[0]?.documentKey}`);
    expect(document).toMatchObject({
      text: HUB,
      hitCount: 3,
      usedCount: 0,
      meanScore: expect.closeTo(1.1 / 3, 10),
    });
    expect(
      document.hits.map(({ query, rank, score, used, rankBefore }) => [query, rank, score, used, rankBefore]),
    ).toEqual([
      ["fuel?", 1, 0.2, false, null],
      ["fuel?", 1, 0.4, false, null],
      ["boots?", 2, 0.5, false, null],
    ]);
    const { status, body } = await server.get(`${PATH}/documents/${"0".repeat(15)}1`);
    expect([status, body]).toMatchObject([404, { error: { code: "not_found" } }]);
  });

  it("are as precise as the judgements of their documents say", async () => {
    const { total, retrievers, ...counts } = await ask(contract.retrievalRelevance, "/relevance");
    expect(counts).toEqual({ judgedCount: 2, lookedAtCount: 2, documentCount: 4, names: ["relevance"] });
    // Gains 1, 0 and 0, 1.
    expect(total?.precision.map(({ mean }) => mean)).toEqual([0.5, 1 / 3, 0.2, 0.1]);
    expect(total?.meanReciprocalRank).toBe(0.75);
    expect(total?.ndcg[1]?.mean).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 12);
    expect(retrievers).toMatchObject([{ name: "vectors", judgedCount: 2 }]);
    const none = await ask(
      contract.retrievalRelevance,
      `/relevance?filter=${encodeURIComponent("user:ben")}`,
    );
    expect(none).toMatchObject({ judgedCount: 0, total: null, retrievers: [], names: [] });
  });
});

it("a search's documents are as alike to its query as the vectors of its trace say", async () => {
  const traceId = "e".repeat(32);
  const vector = (index: number, text: string, numbers: number[]) => [
    textAttribute(`embedding.embeddings.${index}.embedding.text`, text),
    {
      key: `embedding.embeddings.${index}.embedding.vector`,
      value: { arrayValue: { values: numbers.map((doubleValue) => ({ doubleValue })) } },
    },
  ];
  const search = jsonSpan({
    traceId,
    attributes: [
      textAttribute("openinference.span.kind", "RETRIEVER"),
      textAttribute("input.value", "boots?"),
      ...found([
        [WARM, 0.9],
        [COLD, 0.8],
        [HUB, 0.7],
      ]),
      textAttribute("retrieval.documents.1.document.metadata", JSON.stringify({ vector: [0, 2] })),
    ],
  });
  const embedding = jsonSpan({
    traceId,
    attributes: [
      textAttribute("openinference.span.kind", "EMBEDDING"),
      ...vector(0, "boots?", [1, 0]),
      ...vector(1, WARM, [3, 4]),
    ],
  });
  await server.send("vectors", jsonRequest(search, embedding));
  const path = `/api/projects/vectors/traces/${traceId}/spans/${String(search["spanId"])}/similarities`;
  const { body } = await server.get(path);
  // 3 / 5, at right angles, and no vector.
  expect(contract.getSimilarities.response.parse(body)).toEqual({ data: [0.6, 0, null] });
});
