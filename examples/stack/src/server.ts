import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  currentIds,
  currentTraceId,
  fastifyTracing,
  initTracing,
  recordFeedback,
  withUser,
} from "@nightowl/sdk";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import type { AgentRun } from "./agent.ts";
import { openAssistant, type Assistant } from "./assistant.ts";
import { createConversations } from "./conversations.ts";
import { HttpError, toHttpError } from "./http-error.ts";
import { PROMPT_VERSIONS } from "./prompts.ts";

const askBody = z.strictObject({
  question: z.string().trim().min(1).max(4000),
  /** Server-sent events: `text`, `tool`, then `done` or `error`. */
  stream: z.boolean().default(false),
  promptVersion: z.enum(PROMPT_VERSIONS).optional(),
});

const feedbackBody = z
  .strictObject({
    traceId: z.string().regex(/^[0-9a-f]{32}$/i, "a trace id is 32 hex digits, as in X-Trace-Id"),
    /** From 0, useless, to 1. */
    score: z.number().min(0).max(1).optional(),
    label: z.string().min(1).max(200).optional(),
    comment: z.string().min(1).max(4000).optional(),
  })
  .refine(({ score, label, comment }) => score !== undefined || label || comment, {
    message: "feedback has a score, a label or a comment",
  });

/** Headers that say who asks, from a gateway that knows. */
const callerHeaders = z.object({
  "x-user-id": z.string().max(200).optional(),
  "x-session-id": z.string().max(200).optional(),
});

/** Traces that feedback can be given on. */
const MAX_KNOWN_ANSWERS = 10_000;

/** The service: `POST /ask`, `POST /feedback`, `GET /healthz`. Call `listen` on it. */
export function createServer(assistant: Assistant): FastifyInstance {
  const app = Fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  const conversations = createConversations();
  const answeredBy = new Map<string, { traceId: string; spanId: string }>();

  void app.register(fastifyTracing, { ignore: (path: string) => path === "/healthz" });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error));
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, new HttpError(404, "not_found", `There is no ${request.method} ${request.url}`)),
  );

  app.get("/healthz", () => ({ status: "ok", model: assistant.description }));

  app.post("/ask", (request, reply) => {
    const { question, stream, promptVersion } = parse(askBody, request.body);
    const { "x-user-id": userId, "x-session-id": sessionId } = parse(callerHeaders, request.headers);
    const ids = currentIds();
    if (ids) rememberAnswer(answeredBy, ids);
    return withUser({ ...(userId ? { userId } : {}), ...(sessionId ? { sessionId } : {}) }, () => {
      const ask = async (options: Parameters<Assistant["ask"]>[1]): Promise<Answer> => {
        const history = sessionId ? conversations.list(sessionId) : [];
        const run = await assistant.ask(question, {
          ...options,
          history,
          ...(promptVersion ? { promptVersion } : {}),
        });
        if (sessionId) conversations.add(sessionId, { question, answer: run.answer });
        return { ...run, traceId: currentTraceId() };
      };
      const signal = closeSignal(reply);
      return stream ? streamAnswer(reply, ask, signal) : ask({ signal });
    });
  });

  app.post("/feedback", (request, reply) => {
    const { traceId, score, label, comment } = parse(feedbackBody, request.body);
    const { "x-user-id": userId } = parse(callerHeaders, request.headers);
    const ids = answeredBy.get(traceId.toLowerCase());
    if (!ids) throw new HttpError(404, "not_found", `No answer with the trace id ${traceId} is known here`);
    recordFeedback({
      ...ids,
      scope: "trace",
      name: "user_feedback",
      ...(score === undefined ? {} : { score }),
      ...(label === undefined ? {} : { label }),
      ...(comment === undefined ? {} : { explanation: comment }),
      // A second opinion of the same user replaces the first.
      ...(userId ? { identifier: userId } : {}),
    });
    return reply.code(202).send({ status: "recorded", traceId: ids.traceId });
  });

  return app;
}

type Answer = AgentRun & { traceId: string | undefined };

/** Answers with events while the agent runs. The response is 200 by then: an error is an event too. */
function streamAnswer(
  reply: FastifyReply,
  ask: (options: Parameters<Assistant["ask"]>[1]) => Promise<Answer>,
  signal: AbortSignal,
): FastifyReply {
  const events = new PassThrough();
  const send = (name: string, data: unknown): void =>
    void events.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  ask({ signal, onEvent: ({ type, ...data }) => send(type, data) })
    .then(
      (answer) => send("done", answer),
      (error: unknown) => send("error", toErrorBody(toHttpError(error))),
    )
    .finally(() => events.end());
  return reply
    .header("content-type", "text/event-stream; charset=utf-8")
    .header("cache-control", "no-cache")
    .send(events);
}

function rememberAnswer(
  answers: Map<string, { traceId: string; spanId: string }>,
  ids: { traceId: string; spanId: string },
): void {
  answers.set(ids.traceId, ids);
  const [oldest] = answers.keys();
  if (answers.size > MAX_KNOWN_ANSWERS && oldest !== undefined) answers.delete(oldest);
}

/** Aborts when the caller has gone: nobody waits for the rest. */
function closeSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => controller.abort());
  return controller.signal;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  throw new HttpError(400, "bad_request", problems.join("; "));
}

function sendError(reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = toHttpError(thrown);
  if (error.retryAfterSeconds !== undefined) void reply.header("retry-after", error.retryAfterSeconds);
  return reply.code(error.statusCode).send(toErrorBody(error));
}

/** The trace id is in the body too: people send bodies to those who can help, not headers. */
function toErrorBody({ code, message }: HttpError): Record<string, unknown> {
  return { error: { code, message }, traceId: currentTraceId() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: "string", default: process.env["PORT"] || "8008" } },
  });
  const tracing = initTracing({ serviceName: "stack" });
  const assistant = await openAssistant();
  const app = createServer(assistant);
  const address = await app.listen({ host: "127.0.0.1", port: Number(values.port) });
  console.log(`the assistant answers at ${address}, by ${assistant.description}

  curl -i ${address}/ask -H 'content-type: application/json' -d '{"question":"Which ports does Nightowl listen on?"}'
`);
  const stop = async (): Promise<void> => {
    await app.close();
    await assistant.close();
    await tracing.shutdown();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
}
