import { pastedLog } from "../content/pasted-log.ts";
import type { Person } from "../content/people.ts";
import { PROMPTS } from "../content/prompts.ts";
import type { Turn } from "../plan/plan-week.ts";
import { isIn, type Week } from "../plan/week.ts";
import type { Random } from "../random.ts";
import { addSpan, newSpanId, SERVER, type Attributes, type TraceDraft } from "../trace-draft.ts";
import { runAgent, type AgentRun } from "./agent-run.ts";
import { promptVariablesOf, type RequestDraft } from "./request-spans.ts";

/** A request that was served, and what of its trace later feedback refers to. */
export interface ServedRequest extends Pick<AgentRun, "answerSpanId" | "retrieval" | "failure"> {
  turn: Turn;
  trace: TraceDraft;
  /** When it was answered, Unix milliseconds. */
  endMs: number;
  rootSpanId: string;
}

/** The trace of one `POST /ask`. */
export function writeAskTrace(turn: Turn, week: Week, random: Random): ServedRequest {
  const { person, release, version, environment, mishap } = turn;
  const trace = createStackTrace(turn, random);
  const draft: RequestDraft = {
    trace,
    turn,
    prompt: PROMPTS[version],
    promptVariables: promptVariablesOf(turn),
    context: {
      "session.id": turn.sessionId,
      "user.id": person.userId,
      "tag.tags": [person.channel, ...(environment === "staging" ? ["smoke-test"] : [])],
      metadata: JSON.stringify({ channel: person.channel, plan: person.plan, release }),
    },
    slowness: isIn(turn.startMs, week.slowAfternoon) ? 2.5 + random.next() * 4 : 1,
  };
  const log = mishap === "context_length" ? `\n\n${pastedLog(turn.startMs, random)}` : "";
  const question = `${turn.text}${log}`;
  const rootSpanId = newSpanId(trace);
  const agentSpanId = newSpanId(trace);
  const startMs = 0.8 + random.next();
  const run = runAgent(draft, { parentSpanId: agentSpanId, startMs: startMs + 0.2, question });
  const { failure, answer } = run;
  const agentEndMs = run.endMs + 0.1;
  addSpan(trace, {
    spanId: agentSpanId,
    name: "agent.run",
    parentSpanId: rootSpanId,
    startMs,
    durationMs: agentEndMs - startMs,
    attributes: {
      "openinference.span.kind": "AGENT",
      "agent.name": "docs-assistant",
      "input.value": question,
      "output.value": answer,
      "agent.stop_reason": run.stopReason,
      "agent.iterations": run.iterations,
      ...(turn.kind === "topic" && answer !== undefined ? citationCheck(turn) : {}),
      ...draft.context,
    },
    ...(failure ? { error: failure } : {}),
  });
  const durationMs = agentEndMs + 0.6 + random.next();
  addSpan(trace, {
    spanId: rootSpanId,
    name: "POST /ask",
    otelKind: SERVER,
    startMs: 0,
    durationMs,
    attributes: serverAttributes("/ask", person, failure?.httpStatus ?? 200),
    status: "UNSET",
    ...(failure ? { error: failure } : {}),
  });
  return { ...run, turn, trace, endMs: turn.startMs + durationMs, rootSpanId };
}

/** An empty trace of the example service. */
export function createStackTrace(
  { startMs, release, environment }: Pick<Turn, "startMs" | "release" | "environment">,
  random: Random,
): TraceDraft {
  return {
    random,
    traceId: random.hex(32),
    startMs,
    sender: { service: "stack", version: release, environment },
    scope: { name: "@nightowl/sdk", version: "0.1.0" },
    spans: [],
  };
}

/** Attributes of the span that answers a request, before anything is known of who asks. */
export function serverAttributes(path: string, { channel }: Person, status: number): Attributes {
  return {
    "http.request.method": "POST",
    "url.path": path,
    "user_agent.original": USER_AGENTS[channel],
    "http.route": path,
    "http.response.status_code": status,
  };
}

const USER_AGENTS: Record<Person["channel"], string> = {
  web: "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  slack: "stack-slack/1.3.0",
  editor: "stack-editor/0.9.2",
  ci: "node",
};

/** A check by code, made before the answer goes out. */
function citationCheck({ answer: { citesSource } }: Turn): Attributes {
  const key = "annotations.0.annotation";
  return {
    [`${key}.name`]: "cites_source",
    [`${key}.score`]: citesSource ? 1 : 0,
    [`${key}.label`]: citesSource ? "cited" : "not cited",
    [`${key}.annotator_kind`]: "CODE",
    [`${key}.identifier`]: "citation-check",
  };
}
