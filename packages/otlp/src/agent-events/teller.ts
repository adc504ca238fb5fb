import type { LogRecord } from "@nightowl/model/log/log-record";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";

/** What an event means for the run that it tells of. */
export interface ToldEvent {
  /** The conversation's id. */
  session: string;
  /** The turn's id, where events say it; without, each prompt begins a turn. */
  turn?: string | undefined;
  /**
   * - `prompt`: the user asked; a turn begins.
   * - `request`: a model is asked.
   * - `call`: a model has answered, or failed to.
   * - `tool`: a tool has run.
   * - `of_call`, `of_tool`, `of_turn`: more about one of these.
   */
  means: "prompt" | "request" | "call" | "tool" | "of_call" | "of_tool" | "of_turn";
  /** Of the call, or of the tool's run. */
  id?: string | undefined;
  /** How long it took until this event; without, since the request. */
  durationMs?: number | undefined;
  /** What went wrong, `""` where it is not said. */
  error?: string | undefined;
  /** `of_tool` alone: it may not run, and nobody will tell of a result. */
  isRefused?: boolean;
}

/** One agent that tells what it does in log records (events), beside or instead of spans. */
export interface Teller {
  agent: string;
  /** Names of the spans that its events become: those that its dialect knows. */
  spanNames: { turn: string; call: string; tool: string };
  /** `undefined` where the event is none of its own, or says nothing of a run. */
  tell(name: string, said: AttributeReader, record: LogRecord): ToldEvent | undefined;
}
