import { getSpan as contract } from "@nightowl/model/api/spans";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import type { FastifyInstance } from "fastify";
import { getSpan } from "../queries/get-span.ts";
import { readEventsOf, readLinesOf } from "../queries/read-span-logs.ts";
import type { Asker } from "./asker.ts";
import { cutSpan } from "./cut-span.ts";
import { serveRoute } from "./serve-route.ts";

/** A span is read when it is asked for: what a dialect learns today is seen in yesterday's traces. */
export function spanRoutes(app: FastifyInstance, { db, freshen }: Asker): void {
  serveRoute(app, contract, async ({ params, query }) => {
    await freshen();
    const stored = await getSpan(db, params);
    const [events = []] = await readEventsOf(db, [stored.span]);
    const logs = [...events, ...(await readLinesOf(db, stored.span))];
    const read = normaliseSpan(stored.span, { project: params.project, logs: events });
    if (stored.computedCost) read.cost = stored.computedCost;
    const whole = { ...read, receivedAtNs: stored.receivedAtNs, logs };
    const { span, truncated } = query.full ? { span: whole, truncated: [] } : cutSpan(whole);
    return { ...span, truncated };
  });
}
