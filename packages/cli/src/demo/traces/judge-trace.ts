import { costAttributes, MODELS } from "../content/models.ts";
import { JUDGE_FACTUALITY, JUDGE_RELEVANCE } from "../content/prompts.ts";
import { modelCallAttributes, tokenAttributes, tokensOf, type ChatMessage } from "../openinference.ts";
import type { Random } from "../random.ts";
import { addSpan, newSpanId, type DocumentVerdict, type TraceDraft } from "../trace-draft.ts";
import type { ServedRequest } from "./ask-trace.ts";

/** What the judge says of one span. */
interface Verdict {
  name: "factuality" | "relevance";
  score: number;
  label: string;
  explanation: string;
  /** The judge's prompt, and what it was given. */
  prompt: string;
  material: string;
  targetSpanId: string;
}

const JUDGED_SHARE = 0.4;
const JUDGED_PASSAGES = 3;
const MODEL = MODELS.mini;

/** Whether the hourly job picks this request: a sample of the answers that were looked up. */
export function isJudged({ turn, answerSpanId, retrieval }: ServedRequest, random: Random): boolean {
  if (turn.environment === "staging" || turn.kind !== "topic") return false;
  return answerSpanId !== undefined && retrieval !== undefined && random.chance(JUDGED_SHARE);
}

/** The trace of a job that judges `requests`: an evaluator span for each verdict, which links to its target. */
export function writeJudgeTrace(
  requests: readonly ServedRequest[],
  startMs: number,
  random: Random,
): TraceDraft {
  const trace: TraceDraft = {
    random,
    traceId: random.hex(32),
    startMs,
    sender: { service: "stack-judge", version: "0.2.0", environment: "production" },
    scope: { name: "@nightowl/sdk", version: "0.1.0" },
    spans: [],
    documentVerdicts: requests.flatMap(judgeDocuments),
  };
  const parentSpanId = newSpanId(trace);
  const verdicts: Verdict[] = [];
  let clockMs = 1;
  for (const request of requests) {
    for (const verdict of [judgeFactuality(request, random), judgeRelevance(request)]) {
      if (!verdict) continue;
      clockMs = addVerdict(trace, {
        verdict,
        targetTraceId: request.trace.traceId,
        parentSpanId,
        startMs: clockMs,
      });
      verdicts.push(verdict);
    }
  }
  const mean = (name: Verdict["name"]): string => {
    const scores = verdicts.filter((verdict) => verdict.name === name).map(({ score }) => score);
    return (scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length)).toFixed(2);
  };
  addSpan(trace, {
    spanId: parentSpanId,
    name: "judge.answers",
    startMs: 0,
    durationMs: clockMs + 0.5,
    attributes: {
      "openinference.span.kind": "CHAIN",
      "input.value": `${requests.length} answer${requests.length === 1 ? "" : "s"} of the last hour`,
      "output.value": `mean factuality ${mean("factuality")}, mean relevance ${mean("relevance")}`,
      "tag.tags": ["judge"],
    },
  });
  return trace;
}

/** Adds the evaluator and the model call in it. Returns when the next may begin. */
function addVerdict(
  trace: TraceDraft,
  {
    verdict,
    targetTraceId,
    parentSpanId,
    startMs,
  }: { verdict: Verdict; targetTraceId: string; parentSpanId: string; startMs: number },
): number {
  const { name, score, label, explanation, prompt, material, targetSpanId } = verdict;
  const spanId = newSpanId(trace);
  const input: ChatMessage[] = [
    { role: "system", content: prompt },
    { role: "user", content: material },
  ];
  const output: ChatMessage = { role: "assistant", content: JSON.stringify({ score, label, explanation }) };
  const tokens = {
    prompt: tokensOf(prompt + material) + 8,
    completion: tokensOf(output.content) + 3,
    cacheRead: 0,
  };
  const durationMs = trace.random.skewed(900);
  addSpan(trace, {
    name: "llm.chat",
    parentSpanId: spanId,
    startMs: startMs + 0.4,
    durationMs,
    attributes: {
      ...modelCallAttributes({
        model: MODEL.name,
        provider: MODEL.provider,
        parameters: { model: MODEL.name, temperature: 0, response_format: { type: "json_object" } },
        input,
        output,
        tools: [],
      }),
      ...tokenAttributes(tokens),
      ...costAttributes(MODEL, tokens),
      "tag.tags": ["judge"],
    },
  });
  const key = "evaluations.0.evaluation";
  addSpan(trace, {
    spanId,
    name,
    parentSpanId,
    startMs,
    durationMs: durationMs + 0.7,
    attributes: {
      "openinference.span.kind": "EVALUATOR",
      "input.value": material,
      "output.value": output.content,
      "output.mime_type": "application/json",
      [`${key}.name`]: name,
      [`${key}.score`]: score,
      [`${key}.label`]: label,
      [`${key}.explanation`]: explanation,
      [`${key}.annotator_kind`]: "LLM",
      [`${key}.identifier`]: "stack-judge",
      [`${key}.metadata`]: JSON.stringify({ model: MODEL.name }),
      "tag.tags": ["judge"],
    },
    links: [{ traceId: targetTraceId, spanId: targetSpanId }],
  });
  return startMs + durationMs + 1.2;
}

/** Compares the answer with the passages. A claim that was made up is found, and good answers are now and then doubted. */
function judgeFactuality(
  { turn, answerSpanId, retrieval }: ServedRequest,
  random: Random,
): Verdict | undefined {
  if (answerSpanId === undefined || retrieval === undefined) return undefined;
  const { topic, answer } = turn;
  const supported = topic.facts.filter((fact) => answer.text.includes(fact)).length;
  const isDoubted = answer.madeUp === undefined && random.chance(0.07);
  const score =
    answer.madeUp === undefined ? (isDoubted ? 0.75 : 1) : Number((supported / (supported + 1)).toFixed(2));
  const helpful = retrieval.found.filter(({ helps }) => helps).map(({ passage }) => passage.id);
  const explanation = isDoubted
    ? `"${topic.facts[0] ?? ""}" is put more strongly than in the passages.`
    : answer.madeUp !== undefined
      ? `No passage says: "${answer.madeUp}"`
      : supported > 0 && helpful.length > 0
        ? `Every claim is in ${helpful.join(" and ")}.`
        : "The answer claims nothing that the passages would have to say.";
  return {
    name: "factuality",
    score,
    label: score >= 0.75 && answer.madeUp === undefined ? "factual" : "unsupported",
    explanation,
    prompt: JUDGE_FACTUALITY,
    material: `Question: ${turn.text}\n\n${passagesOf(retrieval)}\n\nAnswer: ${answer.text}`,
    targetSpanId: answerSpanId,
  };
}

function judgeRelevance({ turn, retrieval }: ServedRequest): Verdict | undefined {
  if (retrieval === undefined) return undefined;
  const { spanId, query } = retrieval;
  // As many for every version of the prompt, or the one that is given more passages would seem worse.
  const found = retrieval.found.slice(0, JUDGED_PASSAGES);
  const helpful = found.filter(({ helps }) => helps).map(({ passage }) => passage.id);
  const score = Number((helpful.length / Math.max(1, found.length)).toFixed(2));
  return {
    name: "relevance",
    score,
    label: score >= 0.5 ? "relevant" : score > 0 ? "partly" : "irrelevant",
    explanation:
      helpful.length === 0
        ? `None of the ${found.length} passages says anything about "${query}".`
        : `${helpful.length} of ${found.length} passages help: ${helpful.join(", ")}.`,
    prompt: JUDGE_RELEVANCE,
    material: `Question: ${turn.text}\n\n${passagesOf({ found })}`,
    targetSpanId: spanId,
  };
}

/** Each passage by itself: the judge finds that some of those that help do so in part only, wherever the reranker put them. */
function judgeDocuments({ retrieval }: ServedRequest): DocumentVerdict[] {
  if (retrieval === undefined) return [];
  const { spanId, query, found } = retrieval;
  return found.map(({ helps, passage }, position) => {
    const isPart = helps && (query.length + passage.id.length) % 4 === 0;
    return {
      spanId,
      position,
      score: helps ? (isPart ? 0.5 : 1) : 0,
      label: helps ? (isPart ? "partially relevant" : "relevant") : "irrelevant",
      explanation: `${passage.heading}: ${helps ? (isPart ? "says some of it" : "answers it") : `nothing about "${query}"`}.`,
    };
  });
}

function passagesOf({ found }: Pick<NonNullable<ServedRequest["retrieval"]>, "found">): string {
  return found.map(({ passage }) => `[${passage.id}] ${passage.text}`).join("\n\n");
}
