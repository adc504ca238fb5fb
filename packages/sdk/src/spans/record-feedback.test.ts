import { expect, it } from "vitest";
import { initTestTracing } from "../testing/testing.ts";
import { agentSpan } from "./agent-span.ts";
import { recordFeedback } from "./record-feedback.ts";

const { tracing, exporter } = initTestTracing({ sampling: { ratio: 0 } });
const ABOUT = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

it("is a span in a trace of its own that names what it is about, kept whatever the sampling", async () => {
  const sent = agentSpan("dropped by its ratio", () =>
    recordFeedback({
      ...ABOUT,
      name: "helpfulness",
      score: 1,
      label: "up",
      explanation: "good",
      metadata: { page: 2n },
    }),
  );
  expect(sent).toBe(true);
  await tracing.flush();
  const [span, ...others] = exporter.spans();
  expect(others).toEqual([]);
  expect(span).toMatchObject({ name: "feedback.helpfulness", kind: "EVALUATOR", parentSpanId: undefined });
  expect(span?.attributes).toMatchObject({
    "annotations.0.annotation.name": "helpfulness",
    "annotations.0.annotation.score": 1,
    "annotations.0.annotation.label": "up",
    "annotations.0.annotation.explanation": "good",
    "annotations.0.annotation.annotator_kind": "HUMAN",
    "annotations.0.annotation.metadata": '{"page":"2"}',
  });
  expect(exporter.readableSpans()[0]?.links[0]?.context).toMatchObject(ABOUT);
});

it("may be about a whole trace", async () => {
  exporter.reset();
  recordFeedback({ ...ABOUT, scope: "trace", name: "solved", label: "yes", annotatorKind: "CODE" });
  await tracing.flush();
  expect(exporter.span("feedback.solved").attributes).toMatchObject({
    "trace.annotations.0.annotation.name": "solved",
    "trace.annotations.0.annotation.annotator_kind": "CODE",
  });
});

it("is nothing when it says nothing", async () => {
  exporter.reset();
  expect(recordFeedback({ ...ABOUT, name: "helpfulness" })).toBe(false);
  await tracing.flush();
  expect(exporter.spans()).toEqual([]);
});
