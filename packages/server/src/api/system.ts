import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { apiErrorSchema, HttpError } from "./errors.ts";

const okSchema = z.object({ status: z.literal("ok") });

/**
 * Version of Phoenix up to which its clients may use what the public routes take: 13.15 has every
 * parameter that ours have.
 */
export const PHOENIX_LEVEL = "13.15.0";

/** Routes about the server itself: for orchestrators, for tools, and for clients that ask who we are. */
export function systemRoutes(app: FastifyInstance, options: { checkStore: () => Promise<void> }): void {
  app.get(
    "/healthz",
    { schema: { tags: ["server"], summary: "The process runs.", response: { 200: okSchema } } },
    async () => ({ status: "ok" }),
  );
  app.get(
    "/readyz",
    {
      schema: {
        tags: ["server"],
        summary: "The store answers.",
        response: { 200: okSchema, 503: apiErrorSchema },
      },
    },
    async () => {
      try {
        await options.checkStore();
      } catch (error) {
        throw new HttpError(
          "unavailable",
          `The store does not answer: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      return { status: "ok" };
    },
  );
  app.get(
    "/arize_phoenix_version",
    {
      schema: {
        tags: ["public"],
        summary: "The version of Phoenix whose spans routes these are, as text.",
        produces: ["text/plain"],
        response: { 200: z.string() },
      },
    },
    async (_request, reply) =>
      reply
        .type("text/plain; charset=utf-8")
        .serializer((text: unknown) => String(text))
        .send(PHOENIX_LEVEL),
  );
  app.get(
    "/openapi.json",
    { schema: { tags: ["server"], summary: "This API, for machines." } },
    async (_request, reply) => {
      reply.header("cache-control", "no-store");
      return app.swagger();
    },
  );
}
