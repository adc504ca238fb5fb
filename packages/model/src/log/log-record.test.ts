import { expect, test } from "vitest";
import { logEventName, toSpanEvent, type LogRecord } from "./log-record.ts";

const record = (more: Partial<LogRecord>): LogRecord => ({
  traceId: "",
  spanId: "",
  timeNs: "1",
  observedTimeNs: "2",
  severityNumber: 0,
  severityText: "",
  eventName: "",
  body: null,
  attributes: {},
  droppedAttributesCount: 0,
  flags: 0,
  resource: { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" },
  scope: { name: "", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
  notes: [],
  ...more,
});

test.each([
  [{ eventName: "a", attributes: { "event.name": "b" } }, "b"],
  [{ eventName: "a", attributes: { event_name: "b" } }, "b"],
  [{ eventName: "a", body: { name: "gen_ai.choice" } }, "a"],
  [{ body: { name: "gen_ai.choice" } }, "gen_ai.choice"],
  [{ body: { "event.name": "gen_ai.choice" } }, "gen_ai.choice"],
  [{ body: { name: "Ada" } }, ""],
  [{ body: "gen_ai.choice" }, ""],
] as [Partial<LogRecord>, string][])("%j is called %s", (more, name) => {
  expect(logEventName(record(more))).toBe(name);
});

test("a body's members lie among the attributes, without the event's name", () => {
  const body = { name: "gen_ai.user.message", content: "Hi" };
  expect(toSpanEvent(record({ body, attributes: { a: 1 } }))).toEqual({
    name: "gen_ai.user.message",
    timeNs: "1",
    attributes: { content: "Hi", a: 1 },
    droppedAttributesCount: 0,
  });
  expect(toSpanEvent(record({ eventName: "x", body: { name: "Ada" } })).attributes).toEqual({ name: "Ada" });
});
