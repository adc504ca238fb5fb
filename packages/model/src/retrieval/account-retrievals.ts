import type { TraceTree, TreeNode } from "../trace/build-tree.ts";
import type { AccountedRow } from "../trace/call-facts.ts";
import { answerRuns, isUsed, type AnswerRuns } from "./document-use.ts";
import type { RetrievalFacts } from "./retrieval-facts.ts";

/** A search of a trace, and what became of what it found. */
export interface AccountedRetrieval extends RetrievalFacts {
  row: AccountedRow;
  /** Whether it counts: no span around or below it tells of the same search. */
  counted: boolean;
  /** Whether its documents count as found: not those of a reranker, where another search of the trace found some to rank. */
  finds: boolean;
  /** The model call that answered; absent where none began after it, or none that said enough to tell what it used. */
  answerSpanId?: string;
  /** By document: whether the answer has four words in a row from it; undefined where that cannot be said. */
  used: (boolean | undefined)[];
}

/** Whether a line of the waterfall is a search. */
export function isSearchRow({ kind, documentCount }: Pick<AccountedRow, "kind" | "documentCount">): boolean {
  return documentCount !== undefined || kind === "RETRIEVER" || kind === "RERANKER";
}

/**
 * The model call whose answer tells what was used of what a trace's searches found: the last one to begin, judges aside. A
 * search that began after it has none.
 */
export function answeringCall(tree: TraceTree): TreeNode | undefined {
  let last: TreeNode | undefined;
  for (const node of tree.nodes) {
    if (node.span.kind !== "LLM") continue;
    if (last !== undefined && node.startOffsetNs < last.startOffsetNs) continue;
    if (!isJudge(node)) last = node;
  }
  return last;
}

function isJudge(node: TreeNode): boolean {
  for (let above = node.parent; above; above = above.parent) if (above.span.kind === "EVALUATOR") return true;
  return false;
}

/** Rows of a trace whose facts {@link accountRetrievals} needs and that do not have them. None where nothing was searched. */
export function rowsWithoutFacts(tree: TraceTree): AccountedRow[] {
  if (!tree.nodes.some(({ span }) => isSearchRow(span))) return [];
  const rows: readonly AccountedRow[] = tree.nodes.map(({ span }) => span);
  const missing = rows.filter((row) => row.retrieval === undefined && isSearchRow(row));
  const hasTexts = rows.some(({ retrieval, documentCount }) =>
    retrieval === undefined
      ? documentCount !== undefined
      : retrieval.documents.some(({ text }) => text !== undefined),
  );
  const answering: AccountedRow | undefined = hasTexts ? answeringCall(tree)?.span : undefined;
  if (answering && answering.answer === undefined && !missing.includes(answering)) missing.push(answering);
  return missing;
}

/**
 * Every search of a trace whose rows have their facts, with what the answer used of it. Of spans inside of each other that
 * found the same, one counts: a retriever rather than the tool or the chain around it, else the outer one. A reranker counts, but
 * what it ranks was found before.
 */
export function accountRetrievals(tree: TraceTree): AccountedRetrieval[] {
  const searches = tree.nodes.filter(({ span }) => (span as AccountedRow).retrieval !== undefined);
  if (searches.length === 0) return [];
  const answering = answeringCall(tree);
  const runs = answerRuns((answering?.span as AccountedRow | undefined)?.answer ?? "");
  const repeated = findRepeated(searches);
  const hasFinder = searches.some(
    ({ span }) => span.kind !== "RERANKER" && (span as AccountedRow).retrieval?.documents.length !== 0,
  );
  return searches.map((node) => {
    const row: AccountedRow = node.span;
    const { query, documents } = row.retrieval as RetrievalFacts;
    const isAnswered =
      answering !== undefined && answering.startOffsetNs >= node.startOffsetNs && runs.runs.size > 0;
    return {
      row,
      counted: !repeated.has(node),
      finds: !repeated.has(node) && (row.kind !== "RERANKER" || !hasFinder),
      query,
      documents,
      ...(isAnswered ? { answerSpanId: answering.span.spanId } : {}),
      used: documents.map(({ text }) => (isAnswered ? useOf(text, runs) : undefined)),
    };
  });
}

function useOf(text: string | undefined, runs: AnswerRuns): boolean | undefined {
  return text === undefined ? undefined : isUsed(text, runs);
}

/** Searches of which another span tells too. */
function findRepeated(searches: readonly TreeNode[]): Set<TreeNode> {
  const repeated = new Set<TreeNode>();
  const known = new Set(searches);
  for (const node of searches) {
    for (let above = node.parent; above; above = above.parent) {
      if (!known.has(above) || !isSameSearch(above.span, node.span)) continue;
      repeated.add(!isOwnKind(above) && isOwnKind(node) ? above : node);
      break;
    }
  }
  return repeated;
}

function isOwnKind({ span: { kind } }: TreeNode): boolean {
  return kind === "RETRIEVER" || kind === "RERANKER";
}

/** Retrieval and reranking of the same documents are two things. */
function isSameSearch(above: AccountedRow, below: AccountedRow): boolean {
  if ((above.kind === "RERANKER") !== (below.kind === "RERANKER")) return false;
  const [mine, theirs] = [above.retrieval?.documents ?? [], below.retrieval?.documents ?? []];
  // A tool may cut what its retriever found: the same ids will do.
  return (
    mine.length === theirs.length &&
    mine.every(({ key, id }, index) => {
      const their = theirs[index];
      return key === their?.key || (id !== undefined && id === their?.id);
    })
  );
}
