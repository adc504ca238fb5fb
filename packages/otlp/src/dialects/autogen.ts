import type { Dialect } from "./dialect.ts";

/**
 * AutoGen: its agents, tools and model calls are GenAI's; this knows the messages between agents
 * (`autogen process weather_agent`), which are steps of a run.
 *
 * @see https://microsoft.github.io/autogen/stable/user-guide/core-user-guide/framework/telemetry.html
 */
export const autogen: Dialect = {
  name: "autogen",
  detect: (span) => span.scope.name.startsWith("autogen"),
  read: (span) => ({
    fields: span.name.startsWith("autogen ") ? { kind: "CHAIN" } : {},
    claimed: [],
    notes: [],
  }),
};
