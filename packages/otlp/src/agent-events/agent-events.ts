import { logEventName, logTimeNs, type LogRecord } from "@nightowl/model/log/log-record";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { WireSpan } from "@nightowl/model/span/span";
import { claudeCodeEvents } from "./claude-code.ts";
import { codexEvents } from "./codex.ts";
import { geminiCliEvents, qwenCodeEvents } from "./gemini-cli.ts";
import type { Teller, ToldEvent } from "./teller.ts";

const TELLERS: readonly Teller[] = [claudeCodeEvents, codexEvents, geminiCliEvents, qwenCodeEvents];

/** Conversations that are remembered; of others nothing is lost but what an event left to the one before it. */
const MAX_CONVERSATIONS = 5_000;
const MAX_TURNS = 8;

/** A turn of a conversation, as far as events have told of it. */
interface Turn {
  key: string;
  traceId: string;
  /** `""` where nobody has told of its prompt, and nobody can know its id. */
  rootId: string;
  root: WireSpan | undefined;
  /** The request that was not answered yet. */
  open: { id: string; startNs: string; span: SpanId } | undefined;
  lastCall: SpanId | undefined;
  /** Where its prompt was told on a span that was sent. */
  sent: SpanId | undefined;
}

interface SpanId {
  traceId: string;
  spanId: string;
}

interface Conversation {
  /** Its spans are sent: events make none. */
  isTraced: boolean;
  /** The latest few by their keys, the last begun last: agents ask models beside the turn that goes on. */
  turns: Map<string, Turn>;
}

/** What must be known of events that came before, the latest conversations only, and how ids are made. */
export class AgentMemory {
  readonly #conversations = new Map<string, Conversation>();
  /** Of any text: at least 32 lower-case hex digits. */
  readonly hash: (text: string) => string;

  constructor(hash: (text: string) => string) {
    this.hash = hash;
  }

  conversation(agent: string, session: string): Conversation {
    const key = `${agent} ${session}`;
    const known = this.#conversations.get(key) ?? { isTraced: false, turns: new Map<string, Turn>() };
    this.#conversations.delete(key);
    this.#conversations.set(key, known);
    dropOldest(this.#conversations, MAX_CONVERSATIONS);
    return known;
  }

  /** Spans of these came in: what their conversations' events tell is there already. */
  markTraced(spans: readonly WireSpan[]): void {
    for (const { scope, attributes } of spans) {
      if (scope.name !== "com.anthropic.claude_code.tracing") continue;
      const session = attributes["session.id"];
      if (typeof session === "string") this.conversation(claudeCodeEvents.agent, session).isTraced = true;
    }
  }
}

/**
 * Spans from the events of agents that send no spans (Claude Code's and Codex's default): a turn from a prompt, in it a
 * call from the end of each answer, and a tool's run from its result. What is said of these in other records gets their
 * trace and span id, so that it is read as if it were on the span; so does what lacks the ids of a span that was sent.
 *
 * Ids come from what events say of themselves, so that events sent again make the same spans. A span whose turn goes on is
 * made again, longer. Never throws. Changes `memory`.
 *
 * @returns all records, in their order, and the spans.
 */
export function readAgentEvents(
  records: readonly LogRecord[],
  memory: AgentMemory,
): { records: readonly LogRecord[]; spans: WireSpan[] } {
  const told = records.map(tell);
  if (told.every((each) => each === undefined)) return { records, spans: [] };
  for (const [index, each] of told.entries())
    if (each !== undefined && records[index]!.traceId !== "") each.conversationIn(memory).isTraced = true;
  const spans = new Map<string, WireSpan>();
  const homed = records.map((record, index) => {
    const each = told[index];
    if (each === undefined) return record;
    const home = findHome(record, each, memory, spans);
    return home === undefined ? record : { ...record, ...home };
  });
  return { records: homed, spans: [...spans.values()] };
}

interface ToldRecord {
  teller: Teller;
  event: ToldEvent;
  conversationIn: (memory: AgentMemory) => Conversation;
}

function tell(record: LogRecord): ToldRecord | undefined {
  const name = logEventName(record);
  if (name === "") return undefined;
  const said = new AttributeReader(record.attributes);
  for (const teller of TELLERS) {
    const event = teller.tell(name, said, record);
    if (event === undefined) continue;
    return { teller, event, conversationIn: (memory) => memory.conversation(teller.agent, event.session) };
  }
  return undefined;
}

/** The span that a record is about, which it may make; `undefined` leaves it as it is. */
function findHome(
  record: LogRecord,
  { teller, event, conversationIn }: ToldRecord,
  memory: AgentMemory,
  spans: Map<string, WireSpan>,
): SpanId | undefined {
  const conversation = conversationIn(memory);
  const turn = turnOf(record, { teller, event }, conversation, memory);
  if (record.traceId !== "") {
    const sent = { traceId: record.traceId, spanId: record.spanId };
    if (event.means === "request") turn.lastCall = sent;
    if (event.means === "prompt") turn.sent = sent;
    // Told on the span of the question; what else is told of the turn's tools is on the turn's.
    return event.isRefused === true && sent.traceId === turn.sent?.traceId ? turn.sent : undefined;
  }
  if (conversation.isTraced) return findSentHome(teller, event, turn);
  const timeNs = logTimeNs(record);
  const made = (kind: "call" | "tool", id: string): SpanId => ({
    traceId: turn.traceId,
    spanId: idOf(memory, 16, turn.traceId, kind, id),
  });
  const ofTurn = turn.rootId === "" ? undefined : { traceId: turn.traceId, spanId: turn.rootId };
  let home: SpanId | undefined = ofTurn;
  if (event.means === "prompt") {
    turn.root ??= spanOf(record, ofTurn!, { name: teller.spanNames.turn, parentSpanId: "", startNs: timeNs });
  } else if (event.means === "request") {
    const id = event.id ?? digestOf(memory, record);
    home = made("call", id);
    turn.open = { id, startNs: before(timeNs, event.durationMs), span: home };
  } else if (event.means === "call") {
    home = made("call", event.id ?? turn.open?.id ?? digestOf(memory, record));
    const startNs =
      event.durationMs === undefined ? (turn.open?.startNs ?? timeNs) : before(timeNs, event.durationMs);
    const place = { name: teller.spanNames.call, parentSpanId: turn.rootId, startNs };
    spans.set(home.spanId, spanOf(record, home, place, event.error));
    turn.open = undefined;
    turn.lastCall = home;
  } else if (event.means === "tool" || event.isRefused === true) {
    home = made("tool", event.id ?? digestOf(memory, record));
    const startNs = before(timeNs, event.durationMs);
    const place = { name: teller.spanNames.tool, parentSpanId: turn.rootId, startNs };
    spans.set(home.spanId, spanOf(record, home, place, event.error));
  } else if (event.means === "of_call") {
    home = event.id === undefined ? (turn.open?.span ?? turn.lastCall) : made("call", event.id);
  } else if (event.means === "of_tool" && event.id !== undefined) {
    home = made("tool", event.id);
  }
  if (turn.root !== undefined) {
    if (BigInt(timeNs) > BigInt(turn.root.endTimeNs)) turn.root = { ...turn.root, endTimeNs: timeNs };
    spans.set(turn.rootId, turn.root);
  }
  return home;
}

/** Gemini CLI tells of an answer outside of the span of its request. */
function findSentHome(teller: Teller, event: ToldEvent, turn: Turn): SpanId | undefined {
  const isAnswer = event.means === "call" || event.means === "of_call";
  return teller === geminiCliEvents && isAnswer ? turn.lastCall : undefined;
}

function turnOf(
  record: LogRecord,
  { teller, event }: Pick<ToldRecord, "teller" | "event">,
  conversation: Conversation,
  memory: AgentMemory,
): Turn {
  const begins = event.means === "prompt" && event.turn === undefined;
  const key = event.turn ?? (begins ? digestOf(memory, record) : undefined);
  const { turns } = conversation;
  const known = key === undefined ? [...turns.values()].at(-1) : turns.get(key);
  if (known !== undefined) return known;
  const traceId = idOf(memory, 32, teller.agent, event.session, key ?? "");
  const turn: Turn = {
    key: key ?? "",
    traceId,
    rootId: key === undefined ? "" : idOf(memory, 16, traceId, "turn"),
    root: undefined,
    open: undefined,
    lastCall: undefined,
    sent: undefined,
  };
  turns.set(turn.key, turn);
  dropOldest(turns, MAX_TURNS);
  return turn;
}

function dropOldest<T>(map: Map<string, T>, max: number): void {
  if (map.size <= max) return;
  const [oldest] = map.keys();
  map.delete(oldest as string);
}

const NOTE = {
  code: "made_from_event",
  message: "No such span was sent: it was made from a log record of the agent's.",
};

/** What an event says of itself as an event: the record, which is kept beside the span, says it. */
const OF_RECORD = /^(?:event\.|prompt[._]id$)/;

function spanOf(
  record: LogRecord,
  id: SpanId,
  place: { name: string; parentSpanId: string; startNs: string },
  error?: string,
): WireSpan {
  return {
    ...id,
    parentSpanId: place.parentSpanId,
    traceState: "",
    flags: 0,
    name: place.name,
    otelKind: 1,
    startTimeNs: place.startNs,
    endTimeNs: logTimeNs(record),
    attributes: Object.fromEntries(Object.entries(record.attributes).filter(([key]) => !OF_RECORD.test(key))),
    droppedAttributesCount: record.droppedAttributesCount,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: error === undefined ? "UNSET" : "ERROR",
    statusMessage: error ?? "",
    resource: record.resource,
    scope: record.scope,
    notes: [NOTE],
  };
}

function before(timeNs: string, durationMs: number | undefined): string {
  const durationNs = Math.round((durationMs ?? 0) * 1e6);
  if (!Number.isSafeInteger(durationNs) || durationNs < 0) return timeNs;
  const startNs = BigInt(timeNs) - BigInt(durationNs);
  return String(startNs > 0n ? startNs : 0n);
}

/** Of an event that has no id: the same when it is sent again. */
function digestOf(memory: AgentMemory, record: LogRecord): string {
  return idOf(memory, 32, logTimeNs(record), JSON.stringify(record.attributes));
}

function idOf(memory: AgentMemory, length: 16 | 32, ...parts: string[]): string {
  return memory.hash(parts.join("\0")).slice(0, length);
}
