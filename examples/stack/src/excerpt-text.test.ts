import { expect, it } from "vitest";
import { excerptText } from "./excerpt-text.ts";

const filler = Array.from({ length: 20 }, (_, index) => `Line ${index} is about nothing at all.`);

it("leaves a short text whole", () => {
  expect(excerptText("short", "anything")).toBe("short");
});

it("shows the lines that the query is about, and marks what is left out on both sides", () => {
  const text = [...filler, "Owls hunt at night.", ...filler].join("\n");
  const excerpt = excerptText(text, "when do owls hunt");
  expect(excerpt).toContain("Owls hunt at night.");
  expect(excerpt).toMatch(/^…\n[\s\S]*…$/);
  expect(excerpt.length).toBeLessThanOrEqual(363);
});

it("begins at the beginning when nothing in the text is asked for", () => {
  expect(excerptText(filler.join("\n"), "zebra")).toMatch(/^Line 0 [\s\S]*…$/);
});
