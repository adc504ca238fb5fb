import type { LlmFields } from "@nightowl/model/span/span";
import { stringsOf, textOf } from "@nightowl/model/span/attribute-reader";
import { firstOf, setOwn } from "./record.ts";

const SESSION_KEYS = [
  "sessionId",
  "session_id",
  "session.id",
  "threadId",
  "thread_id",
  "conversationId",
  "conversation_id",
  "chatId",
  "chat_id",
  "langfuse_session_id",
];
const USER_KEYS = ["userId", "user_id", "user.id", "langfuse_user_id", "posthog_distinct_id"];
const IDENTITY_KEYS = new Set([...SESSION_KEYS, ...USER_KEYS, "tags"]);

/**
 * Whose call it was and which conversation it belongs to, as applications write it into free metadata,
 * under all the names for it. What is none of these is the metadata that remains; `undefined` where nothing does.
 */
export function readIdentity(
  metadata: Record<string, unknown> | undefined,
): Pick<LlmFields, "sessionId" | "userId" | "tags" | "metadata"> {
  if (metadata === undefined) return { tags: [] };
  const rest: Record<string, unknown> = {};
  for (const key of Object.keys(metadata)) if (!IDENTITY_KEYS.has(key)) setOwn(rest, key, metadata[key]);
  const identity: ReturnType<typeof readIdentity> = { tags: stringsOf(metadata["tags"]) };
  const sessionId = textOf(firstOf(metadata, ...SESSION_KEYS));
  if (sessionId !== undefined) identity.sessionId = sessionId;
  const userId = textOf(firstOf(metadata, ...USER_KEYS));
  // What opencode writes of a user without a name.
  if (userId !== undefined && userId !== "unknown") identity.userId = userId;
  if (Object.keys(rest).length > 0) identity.metadata = rest;
  return identity;
}
