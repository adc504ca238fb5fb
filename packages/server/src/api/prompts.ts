import * as contract from "@nightowl/model/api/prompts";
import type { FastifyInstance } from "fastify";
import { comparePrompts } from "../queries/compare-prompts.ts";
import { getPrompt } from "../queries/get-prompt.ts";
import { getSpanPrompt } from "../queries/get-span-prompt.ts";
import { listPrompts } from "../queries/list-prompts.ts";
import { samplePrompt } from "../queries/sample-prompt.ts";
import type { Asker } from "./asker.ts";
import { serveRoute } from "./serve-route.ts";

/** What was learnt of templates, and the summaries, are written a moment after the spans; each question first waits for them. */
export function promptRoutes(
  app: FastifyInstance,
  { db, freshen, settlePrompts }: Asker & { settlePrompts: () => Promise<void> },
): void {
  const settled = async () => {
    await freshen();
    // Afterwards: prompts may have come in log records that were just joined.
    await settlePrompts();
  };
  serveRoute(app, contract.listPrompts, async ({ params, query }) => {
    await settled();
    return listPrompts(db, { ...params, ...query });
  });
  serveRoute(app, contract.getPrompt, async ({ params, query }) => {
    await settled();
    return getPrompt(db, { ...params, ...query });
  });
  serveRoute(app, contract.samplePrompt, async ({ params, query }) => {
    await settled();
    return samplePrompt(db, { ...params, ...query });
  });
  serveRoute(app, contract.comparePrompts, async ({ params, query }) => {
    await settled();
    return comparePrompts(db, { ...params, ...query });
  });
  serveRoute(app, contract.getSpanPrompt, async ({ params }) => {
    await settled();
    return { prompt: await getSpanPrompt(db, params) };
  });
}
