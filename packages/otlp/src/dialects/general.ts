import type { WireSpan } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type DialectReading } from "./dialect.ts";

/** All that is read here. */
const KEYS = [
  "session.id",
  "user.id",
  "enduser.id",
  "enduser.pseudo.id",
  "thread_id",
  "error.type",
  "error.message",
  "exception.type",
  "exception.message",
  "exception.stacktrace",
];

/** What most spans say in the general conventions. */
const NOTHING: DialectReading = { fields: {}, claimed: [], notes: [] };

/**
 * OpenTelemetry's general conventions: who asked, in which session, and what went wrong. Any span may carry
 * these, so reading them makes a span of no dialect.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/general/
 */
export function readGeneral(span: WireSpan, attrs: AttributeReader): DialectReading {
  const saysMore = span.statusCode === "ERROR" || span.events.length > 0;
  if (!saysMore && !attrs.keyList().hasAny(KEYS) && !Object.hasOwn(span.resource.attributes, "user.id"))
    return NOTHING;
  const take = new AttributeTaker(attrs);
  const resource = span.resource.attributes;
  const fields: DialectReading["fields"] = {};
  const sessionId = take.text("session.id");
  if (sessionId !== undefined) fields.sessionId = sessionId;
  const userId = take.text("user.id") ?? ownText(resource["user.id"]);
  if (userId !== undefined) fields.userId = userId;
  const error = readError(span, take);
  if (error !== undefined) fields.error = error;
  const fallback: DialectReading["fields"] = {};
  const endUser = take.text("enduser.id", "enduser.pseudo.id");
  if (endUser !== undefined) fallback.userId = endUser;
  // LangGraph's word for a conversation; a bare number is a thread of the machine's.
  if (/\D/.test(attrs.text("thread_id") ?? "")) fallback.sessionId = take.text("thread_id");
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

function ownText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The event of the exception itself, and that of a model call's, which comes as a log record. */
const EXCEPTIONS = new Set(["exception", "gen_ai.client.operation.exception"]);

/** Python's way to print a class, without its frame: `<class 'openai.RateLimitError'>`. */
function typeName(type: string | undefined): string | undefined {
  return type === undefined ? undefined : (/^<class '(.+)'>$/.exec(type)?.[1] ?? type);
}

const DETOURS = /^langgraph\.errors\.(GraphInterrupt|NodeInterrupt|GraphBubbleUp|ParentCommand)$/;

/** The status of the answer, where nothing else names the error: what OpenTelemetry has for the type of HTTP's. */
function httpError({ statusCode }: WireSpan, take: AttributeTaker): string | undefined {
  if (statusCode !== "ERROR") return undefined;
  const key = ["http.response.status_code", "http.status_code"].find((each) => take.attrs.has(each));
  return key !== undefined && (take.attrs.number(key) ?? 0) >= 400 ? take.text(key) : undefined;
}

/** The last exception that was recorded, with the span's own attributes and status to fill in. */
function readError(span: WireSpan, take: AttributeTaker): DialectReading["fields"]["error"] {
  const event =
    span.events.length === 0 ? undefined : span.events.findLast((each) => EXCEPTIONS.has(each.name));
  const { attrs } = take;
  if (
    event === undefined &&
    span.statusCode !== "ERROR" &&
    !attrs.hasFamily("error") &&
    !attrs.hasFamily("exception")
  )
    return undefined;
  const exception = new AttributeReader(event?.attributes ?? {});
  const type = typeName(
    exception.text("exception.type") ?? take.text("exception.type", "error.type") ?? httpError(span, take),
  );
  // LangGraph leaves a node by raising, to ask a person or to go elsewhere, and says that all is well.
  if (type !== undefined && DETOURS.test(type) && span.statusCode !== "ERROR") return undefined;
  const message = exception.text("exception.message") ?? take.text("exception.message", "error.message");
  const stacktrace = exception.text("exception.stacktrace") ?? take.text("exception.stacktrace");
  const status = span.statusCode === "ERROR" && span.statusMessage !== "" ? span.statusMessage : undefined;
  return compact({ type, message: message ?? status, stacktrace });
}
