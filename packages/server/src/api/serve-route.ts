import { ERROR_CODES, type Route } from "@nightowl/model/api/route";
import type { FastifyInstance, FastifySchema } from "fastify";
import type { z } from "zod";
import { apiErrorSchema } from "./errors.ts";

/** Answers one entry of the contract: its inputs are validated before, errors are shaped after. */
export function serveRoute<
  P extends z.ZodType,
  Q extends z.ZodType,
  R extends z.ZodType,
  B extends z.ZodType = z.ZodUndefined,
>(
  app: FastifyInstance,
  route: Route<P, Q, R, B>,
  answer: (input: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }) => Promise<z.output<R>>,
): void {
  const statuses = new Set(
    [...route.errors, "bad_request", "internal"].map((code) => ERROR_CODES[code as keyof typeof ERROR_CODES]),
  );
  const schema: FastifySchema = {
    summary: route.summary,
    tags: [route.path.startsWith("/v1/") ? "public" : "page"],
    params: route.params,
    querystring: route.query,
    ...(route.body === undefined ? {} : { body: route.body }),
    response: {
      200: route.response,
      ...Object.fromEntries([...statuses].map((status) => [status, apiErrorSchema])),
    },
  };
  app.route({
    method: route.method,
    url: route.path,
    schema,
    handler: async (request, reply) => {
      // The validator has put the parsed values in place of the text.
      const input = {
        params: request.params as z.output<P>,
        query: request.query as z.output<Q>,
        body: request.body as z.output<B>,
      };
      reply.header("cache-control", "no-store");
      return answer(input);
    },
  });
}
