import { context, propagation, type BaggageEntry, type Context } from "@opentelemetry/api";
import { getMetadata, getTags, setMetadata, setSession, setTags, setUser } from "@arizeai/openinference-core";
import { attempt } from "../spans/attempt.ts";
import { toPlain } from "../spans/to-json.ts";

/** Who and what a piece of work is for. */
export interface UserContext {
  userId?: string;
  sessionId?: string;
  /** Added to the tags that are in force. */
  tags?: readonly string[];
  /** Added to the metadata that is in force. */
  metadata?: Record<string, unknown>;
  /**
   * Sends user and session on to the services that are called, as W3C baggage. Default: false, for baggage goes to
   * whomever a request is made.
   */
  propagate?: boolean;
}

/** The names under which user and session travel in baggage: those of the attributes. */
const BAGGAGE = { userId: "user.id", sessionId: "session.id" } as const;

/**
 * Runs a callback in which every span, of this package or another, carries the user, the session, the tags and
 * the metadata; across awaits, and in what the callback leaves running. Nested calls add to the outer ones.
 */
export function withUser<T>(user: UserContext, fn: () => T): T {
  return context.with(setUserContext(context.active(), user), fn);
}

/** The context in which `withUser` runs its callback; for frameworks that pass contexts on by hand. */
export function setUserContext(active: Context, user: UserContext): Context {
  let next = active;
  attempt(() => (next = withFields(active, user)));
  return next;
}

function withFields(active: Context, user: UserContext): Context {
  const { userId, sessionId, tags, metadata, propagate = false } = user;
  let next = active;
  if (filled(userId)) next = setUser(next, { userId });
  if (filled(sessionId)) next = setSession(next, { sessionId });
  if (tags !== undefined && tags.length > 0)
    next = setTags(next, [...new Set([...(getTags(next) ?? []), ...tags])]);
  if (metadata !== undefined) next = setMetadata(next, { ...getMetadata(next), ...toPlain(metadata) });
  return propagate ? setBaggage(next, { userId, sessionId }) : next;
}

/** The user and session that another service sent in its baggage, set as `withUser` does. */
export function userFromBaggage(active: Context): Context {
  const baggage = propagation.getBaggage(active);
  const userId = baggage?.getEntry(BAGGAGE.userId)?.value;
  const sessionId = baggage?.getEntry(BAGGAGE.sessionId)?.value;
  return setUserContext(active, {
    ...(userId === undefined ? {} : { userId }),
    ...(sessionId === undefined ? {} : { sessionId }),
  });
}

/** The headers that carry trace and baggage to the next service: for calls that no instrumentation sees to. */
export function tracingHeaders(headers: Record<string, string> = {}): Record<string, string> {
  const carrier = { ...headers };
  propagation.inject(context.active(), carrier);
  return carrier;
}

function setBaggage(
  active: Context,
  user: { userId: string | undefined; sessionId: string | undefined },
): Context {
  let baggage = propagation.getBaggage(active) ?? propagation.createBaggage();
  const set = (key: string, value: string | undefined): void => {
    const entry: BaggageEntry | undefined = filled(value) ? { value } : undefined;
    if (entry !== undefined) baggage = baggage.setEntry(key, entry);
  };
  set(BAGGAGE.userId, user.userId);
  set(BAGGAGE.sessionId, user.sessionId);
  return propagation.setBaggage(active, baggage);
}

function filled(text: string | undefined): text is string {
  return typeof text === "string" && text !== "";
}
