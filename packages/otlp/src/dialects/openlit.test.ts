import { expect, test } from "vitest";
import { normaliseSpan } from "../normalise/normalise.ts";
import { wireSpan } from "../normalise/wire-span.fixture.ts";

function environmentOf(attributes: Record<string, string>, resource: Record<string, string>): string {
  const span = wireSpan({ "gen_ai.operation.name": "chat", ...attributes });
  const scope = { ...span.scope, name: "openlit.instrumentation.openai" };
  const own = { ...span.resource, attributes: resource };
  return normaliseSpan({ ...span, scope, resource: own }, { project: "p" }).environment;
}

test("the environment is the resource's, else that under the older name", () => {
  const older = { "gen_ai.environment": "staging" };
  expect(environmentOf(older, {})).toBe("staging");
  expect(environmentOf(older, { "deployment.environment": "production" })).toBe("production");
});
