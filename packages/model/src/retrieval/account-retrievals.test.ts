import { describe, expect, it } from "vitest";
import { buildTree } from "../trace/build-tree.ts";
import type { AccountedRow } from "../trace/call-facts.ts";
import { accountRetrievals, rowsWithoutFacts } from "./account-retrievals.ts";
import { retrievalFactsOf } from "./retrieval-facts.ts";

const WARM = "Boots tried on indoors count as unused.";
const COLD = "Fuel is a dangerous good and is not shipped.";

function row(spanId: string, given: Partial<AccountedRow>): AccountedRow {
  const startTimeNs = given.startTimeNs ?? `${1_763_700_000_000_000_000n + BigInt(spanId)}`;
  return {
    spanId,
    name: spanId,
    kind: "CHAIN",
    endTimeNs: startTimeNs,
    statusCode: "OK",
    ...given,
    startTimeNs,
  };
}

function search(spanId: string, texts: readonly string[], given: Partial<AccountedRow> = {}): AccountedRow {
  const documents = texts.map((text, index) => ({ text, rank: index + 1 }));
  const facts = retrievalFactsOf({ kind: "RETRIEVER", documents, inputDocuments: [], query: "boots" });
  return row(spanId, {
    kind: "RETRIEVER",
    documentCount: texts.length,
    ...(facts ? { retrieval: facts } : {}),
    ...given,
  });
}

const answer = (spanId: string, text: string, given: Partial<AccountedRow> = {}) =>
  row(spanId, { kind: "LLM", answer: text, ...given });

const account = (rows: AccountedRow[]) => accountRetrievals(buildTree(rows));

describe("the searches of a trace", () => {
  it("say what the trace's last answer used of each document", () => {
    const [found] = account([
      search("1", [WARM, COLD]),
      answer("2", "I look that up."),
      answer("3", "Yes: boots tried on indoors count as unused."),
    ]);
    expect(found).toMatchObject({ query: "boots", counted: true, answerSpanId: "3", used: [true, false] });
  });

  it("do not know what was used where no answer came after, it is too short, or a judge's", () => {
    const after = account([answer("1", `They say: ${WARM}`), search("2", [WARM])]);
    const short = account([search("1", [WARM]), answer("2", "No.")]);
    const judged = account([
      search("1", [WARM]),
      row("2", { kind: "EVALUATOR" }),
      answer("3", WARM, { parentSpanId: "2" }),
    ]);
    for (const [found] of [after, short, judged]) {
      expect(found?.used).toEqual([undefined]);
      expect(found?.answerSpanId).toBeUndefined();
    }
  });

  it("count once where spans inside of each other found the same: a retriever before a tool, else the outer one", () => {
    const counted = account([
      search("1", [WARM], { kind: "TOOL" }),
      search("2", [WARM], { parentSpanId: "1" }),
      search("3", [WARM], { parentSpanId: "2" }),
      search("4", [WARM], { parentSpanId: "1", kind: "RERANKER" }),
      search("5", [WARM]),
    ]);
    expect(counted.filter((each) => each.counted).map((each) => each.row.spanId)).toEqual(["2", "4", "5"]);
    expect(counted.filter((each) => each.finds).map((each) => each.row.spanId)).toEqual(["2", "5"]);
  });

  it("count once where a tool cut the texts that its retriever found", () => {
    const withId = (text: string) => ({
      retrieval: { query: "", documents: [{ id: "a", text, key: text }] },
    });
    const counted = account([
      search("1", [], { kind: "TOOL", documentCount: 1, ...withId("Boots tried") }),
      search("2", [], { parentSpanId: "1", documentCount: 1, ...withId(WARM) }),
    ]);
    expect(counted.map((each) => each.counted)).toEqual([false, true]);
  });

  it("find what they rank, where nothing before them did", () => {
    const [alone] = account([search("1", [WARM], { kind: "RERANKER" })]);
    expect(alone?.finds).toBe(true);
  });

  it("are not among what has to be read where there are none", () => {
    expect(rowsWithoutFacts(buildTree([row("1", {}), row("2", { kind: "LLM" })]))).toEqual([]);
    const rows = [row("1", { documentCount: 2 }), row("2", { kind: "LLM" }), row("3", { kind: "LLM" })];
    expect(rowsWithoutFacts(buildTree(rows)).map(({ spanId }) => spanId)).toEqual(["1", "3"]);
  });
});

it("the facts of a reranker say where each document stood before", () => {
  const facts = retrievalFactsOf({
    kind: "RERANKER",
    inputDocuments: [
      { id: "a", text: WARM, rank: 1 },
      { id: "b", text: COLD, rank: 2 },
    ],
    documents: [
      { id: "b", text: COLD, score: 0.9, rank: 1 },
      { id: "c", rank: 2, similarity: 0.4 },
    ],
    input: { value: "is fuel shipped?", mimeType: "text/plain" },
  });
  expect(facts?.query).toBe("is fuel shipped?");
  expect(facts?.documents).toMatchObject([
    { id: "b", score: 0.9, rankBefore: 2 },
    { id: "c", score: 0.4 },
  ]);
  expect(facts?.documents[1]?.rankBefore).toBeUndefined();
});
