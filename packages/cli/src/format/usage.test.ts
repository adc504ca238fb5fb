import { expect, it } from "vitest";
import { createPalette } from "./palette.ts";
import { formatUsage } from "./usage.ts";

it("lays out arguments, flags with their values and defaults, and examples", () => {
  const lines = formatUsage(
    {
      command: "nightowl trace",
      description: "Show one trace",
      args: {
        id: { type: "positional", description: "Trace id" },
        limit: {
          type: "string",
          alias: "n",
          default: "20",
          valueHint: "count",
          description: `How many. ${"word ".repeat(20).trim()}`,
        },
        json: { type: "boolean", description: "As JSON" },
      },
      examples: ["nightowl trace 0af7"],
    },
    createPalette(false),
  );
  expect(lines).toEqual([
    "Show one trace",
    "",
    "  nightowl trace ID [flags]",
    "",
    "Arguments and flags",
    "  ID                 Trace id",
    `  -n, --limit COUNT  How many. ${"word ".repeat(14).trim()}`,
    `                     ${"word ".repeat(6)}(20)`,
    "      --json         As JSON",
    "",
    "Examples",
    "  nightowl trace 0af7",
  ]);
});
