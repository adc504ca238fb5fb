import { type AttributeReader, stringsOf } from "@nightowl/model/span/attribute-reader";
import type { WireSpan } from "@nightowl/model/span/span";
import { readIdentity } from "../normalise/identity.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * What applications write on their spans for Opik and for W&B Weave: tags, metadata, and which thread a call belongs to.
 *
 * @see https://www.comet.com/docs/opik/integrations/opentelemetry
 * @see https://docs.wandb.ai/weave/guides/tracking/otel
 */
export const opik: Dialect = {
  name: "opik",
  speaks: (_scope, keys) => keys.hasFamily("opik") || keys.hasFamily("wandb"),
  read,
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const identity = readIdentity({
    ...(attrs.has("opik.metadata") ? take.record("opik.metadata") : {}),
    ...take.members("opik.metadata."),
  });
  return {
    fields: {
      displayName: take.text("wandb.display_name"),
      sessionId: take.text("opik.thread_id", "wandb.thread_id") ?? identity.sessionId,
      userId: identity.userId,
      tags: [...new Set([...take.strings("opik.tags"), ...stringsOf(identity.tags)])],
      metadata: identity.metadata,
    },
    fallback: { sessionId: take.text("thread_id") },
    claimed: take.claimed,
    notes: take.notes,
  };
}
