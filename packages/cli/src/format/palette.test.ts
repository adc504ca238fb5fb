import { expect, it } from "vitest";
import { createPalette, wantsColour } from "./palette.ts";

it.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "anything", FORCE_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ TERM: "dumb" }, true, false],
])("with %j on a terminal (%s): colour %s", (env, isTerminal, wanted) => {
  expect(wantsColour(env, isTerminal)).toBe(wanted);
});

it("colours, or leaves text as it is", () => {
  expect(createPalette(true).red("x")).toBe("\u001B[31mx\u001B[39m");
  expect(createPalette(true).red("")).toBe("");
  expect(createPalette(false).red("x")).toBe("x");
});
