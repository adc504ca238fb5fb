import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import { createEmbedder, EMBEDDING_MODEL, type Embedder } from "../embeddings.ts";
import {
  chatCompletionsBody,
  readChatCompletions,
  toChatChunks,
  toChatCompletion,
} from "./chat-completions.ts";
import { embeddingsBody, embedTexts } from "./embeddings-endpoint.ts";
import { invalidRequest, OpenAiError } from "./openai-error.ts";
import { readInput, readResponses, responsesBody, toResponse, toResponseEvents } from "./responses.ts";
import {
  ConnectionCut,
  createScriptedModel,
  SCRIPTED_MODEL,
  wait,
  type GenerateOptions,
  type Pace,
} from "./scripted-model.ts";
import type { ScriptedMessage } from "./scripted-request.ts";

export interface ScriptedServer {
  /** With `/v1`: what `OPENAI_BASE_URL` wants. */
  baseUrl: string;
  close(): Promise<void>;
}

export interface ScriptedServerOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  port?: number;
  pace?: Pace;
  embedder?: Embedder;
  /** Answers requests for any model; the answer says `scripted-1` all the same. */
  takesAnyModel?: boolean;
}

/** About a small model's. */
const USUAL_PACE: Pace = { firstTokenMs: 220, perTokenMs: 9 };
const MODELS = [SCRIPTED_MODEL, EMBEDDING_MODEL];
/** Responses that a later one may follow (`previous_response_id`). */
const MAX_STORED_RESPONSES = 200;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Starts an OpenAI-compatible server with a scripted model on 127.0.0.1: chat completions, responses, embeddings, models.
 * Throws when the port is taken.
 */
export async function startScriptedServer({
  port = 0,
  pace = USUAL_PACE,
  embedder = createEmbedder(),
  takesAnyModel = false,
}: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  const model = createScriptedModel(pace);
  const stored = new Map<string, ScriptedMessage[]>();

  function requireModel(name: string, offered: string): void {
    if (takesAnyModel || name.split(":")[0] === offered) return;
    throw new OpenAiError({
      status: 404,
      type: "invalid_request_error",
      code: "model_not_found",
      message: `The model \`${name}\` does not exist: this is a scripted server, and has ${MODELS.join(" and ")}.`,
    });
  }

  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "x-request-id": `req_${randomBytes(16).toString("hex")}`,
      "openai-version": "2020-10-01",
    });
    if (/^Bearer .+/.test(request.headers.authorization ?? "")) return;
    throw new OpenAiError({
      status: 401,
      type: "invalid_request_error",
      message: "You didn't provide an API key: send any, as `Authorization: Bearer scripted`.",
    });
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new OpenAiError({
        status: 404,
        type: "invalid_request_error",
        message: `Unknown request URL: ${request.method} ${request.url}`,
      }),
    ),
  );

  app.get("/v1/models", async () => ({ object: "list", data: MODELS.map(toModel) }));
  app.get<{ Params: { model: string } }>("/v1/models/:model", async ({ params }) => {
    requireModel(params.model, params.model === EMBEDDING_MODEL ? EMBEDDING_MODEL : SCRIPTED_MODEL);
    return toModel(params.model);
  });

  app.post("/v1/chat/completions", async (request, reply) => {
    const body = parseBody(chatCompletionsBody, request.body);
    requireModel(body.model, SCRIPTED_MODEL);
    const generation = model.generate(readChatCompletions(body), {
      ...readOptions(request, body),
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
      stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
    });
    const signal = closeSignal(reply);
    if (body.stream) {
      const includesUsage = body.stream_options?.include_usage ?? false;
      return sendEvents(reply, toChatChunks(generation, { includesUsage, signal }), { done: "[DONE]" });
    }
    await wait(generation, signal);
    return toChatCompletion(generation);
  });

  app.post("/v1/responses", async (request, reply) => {
    const body = parseBody(responsesBody, request.body);
    requireModel(body.model, SCRIPTED_MODEL);
    const before = stored.get(body.previous_response_id ?? "") ?? [];
    if (body.previous_response_id && before.length === 0)
      throw invalidRequest(
        `no response ${body.previous_response_id} is stored`,
        "previous_response_id",
        "previous_response_not_found",
      );
    const generation = model.generate(readResponses(body, before), {
      ...readOptions(request, body),
      maxTokens: body.max_output_tokens ?? undefined,
    });
    const response = toResponse(generation, body);
    if (body.store !== false) {
      const output = readInput(responsesBody.shape.input.parse(response.items));
      stored.set(response.id, [...before, ...readInput(body.input), ...output]);
      for (const id of stored.keys()) if (stored.size > MAX_STORED_RESPONSES) stored.delete(id);
    }
    const signal = closeSignal(reply);
    if (body.stream)
      return sendEvents(reply, toResponseEvents(generation, response, signal), { named: true });
    await wait(generation, signal);
    return response.done;
  });

  app.post("/v1/embeddings", ({ body: json }) => {
    const body = parseBody(embeddingsBody, json);
    requireModel(body.model, EMBEDDING_MODEL);
    return embedTexts(body, embedder);
  });

  const address = await app.listen({ host: "127.0.0.1", port });
  return { baseUrl: `${address}/v1`, close: () => app.close() };
}

function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  const param = issue?.path.join(".") ?? null;
  throw invalidRequest(`Invalid '${param || "body"}': ${issue?.message ?? "cannot be read"}`, param || null);
}

function readOptions(
  { headers }: FastifyRequest,
  body: { model: string; metadata?: Record<string, string> | null | undefined },
): GenerateOptions {
  const header = headers["x-scripted-fault"];
  return {
    faultSources: {
      model: body.model,
      header: typeof header === "string" ? header : undefined,
      metadata: body.metadata?.["fault"],
    },
    // OpenAI's clients count their retries in this header.
    attempt: Number(headers["x-stainless-retry-count"] ?? 0),
  };
}

function toModel(id: string): Record<string, unknown> {
  return { id, object: "model", created: 0, owned_by: "nightowl-example (scripted)" };
}

/** Aborts when the connection is gone. */
function closeSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => controller.abort());
  return controller.signal;
}

function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<Record<string, unknown>>,
  { done, named = false }: { done?: string; named?: boolean },
): FastifyReply {
  async function* print(): AsyncGenerator<string> {
    try {
      for await (const event of events)
        yield `${named ? `event: ${String(event["type"])}\n` : ""}data: ${JSON.stringify(event)}\n\n`;
    } catch (error) {
      if (!(error instanceof OpenAiError)) throw error;
      const { code, message, param } = error.body.error;
      const event = named ? { type: "error", code, message, param, sequence_number: 0 } : error.body;
      yield `${named ? "event: error\n" : ""}data: ${JSON.stringify(event)}\n\n`;
      return;
    }
    if (done !== undefined) yield `data: ${done}\n\n`;
  }
  return reply
    .header("content-type", "text/event-stream; charset=utf-8")
    .header("cache-control", "no-cache")
    .send(Readable.from(print()));
}

async function sendError(reply: FastifyReply, error: unknown): Promise<FastifyReply> {
  if (error instanceof ConnectionCut) {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  const known =
    error instanceof OpenAiError ? error : toOpenAiError(error as Error & { statusCode?: number });
  return reply.code(known.status).headers(known.headers).send(known.body);
}

/** Fastify's own: a body that is no JSON, too large, of another type. */
function toOpenAiError({ message, statusCode = 500 }: Error & { statusCode?: number }): OpenAiError {
  const type = statusCode < 500 ? "invalid_request_error" : "server_error";
  return new OpenAiError({ status: statusCode, type, message });
}
