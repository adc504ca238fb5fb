import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("tags, metadata and thread, as Opik has them", () => {
  const span = readSpan({
    "opik.tags": '["a", "b"]',
    "opik.metadata": '{"tenant": "acme", "user_id": "anna"}',
    "opik.metadata.version": "2",
    thread_id: "t-1",
  });
  expect(span).toMatchObject({
    kind: "UNKNOWN",
    tags: ["a", "b"],
    metadata: { tenant: "acme", version: "2" },
    userId: "anna",
    sessionId: "t-1",
  });
});

test("name and thread, as Weave has them", () => {
  const span = readSpan({ "wandb.display_name": "Weather", "wandb.thread_id": "t-2", "wandb.is_turn": true });
  expect(span).toMatchObject({ displayName: "Weather", sessionId: "t-2" });
});

test("a thread_id alone may be that of the machine", () => {
  expect(readSpan({ thread_id: "140234" }).sessionId).toBeUndefined();
});
