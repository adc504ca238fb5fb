import type { Message } from "@nightowl/model/span/message";
import * as contract from "@nightowl/model/api/sessions";
import type { Payload, Span, WireSpan } from "@nightowl/model/span/span";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { FastifyInstance } from "fastify";
import { getSession } from "../queries/get-session.ts";
import { listSessions } from "../queries/list-sessions.ts";
import { listUsers } from "../queries/list-users.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

/** What one side of a turn may be long; all of it is on the trace's page. */
const MAX_TEXT = 20_000;

/** Sessions and users: the traces, grouped. */
export function sessionRoutes(app: FastifyInstance, { db, freshen }: Asker): void {
  serveRoute(app, contract.listSessions, async ({ params, query }) => {
    await freshen();
    return listSessions(db, { ...params, ...query });
  });
  serveRoute(app, contract.listUsers, async ({ params, query }) => {
    await freshen();
    return listUsers(db, { ...params, ...query });
  });
  serveRoute(app, contract.getSession, async ({ params, query }) => {
    await freshen();
    const { session, turns, nextCursor } = await getSession(db, { ...params, ...query });
    return {
      session,
      turns: turns.map(({ trace, input, output }) => ({
        trace,
        input: saidBy(input, params.project, "input"),
        output: saidBy(output, params.project, "output"),
      })),
      nextCursor,
    };
  });
}

function saidBy(wire: WireSpan | undefined, project: string, side: "input" | "output") {
  if (wire === undefined) return null;
  const span = normaliseSpan(wire, { project });
  const text = side === "input" ? askedText(span) : answeredText(span);
  if (text === "") return null;
  return {
    spanId: span.spanId,
    text: text.slice(0, MAX_TEXT).toWellFormed(),
    truncated: text.length > MAX_TEXT,
  };
}

function askedText({ input, inputMessages }: Span): string {
  const asked = inputMessages.findLast((message) => message.role === "user");
  return textOf(asked) || payloadText(input);
}

function answeredText({ output, outputMessages }: Span): string {
  return textOf(outputMessages.at(-1)) || payloadText(output);
}

function textOf(message: Message | undefined): string {
  const texts = message?.parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts?.join("\n\n") ?? "";
}

function payloadText(payload: Payload | undefined): string {
  return payload === undefined ? "" : payload.value;
}
