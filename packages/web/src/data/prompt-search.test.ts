import { expect, test } from "vitest";
import { isWeek, validatePromptSearch, weekWindow } from "./prompt-search.ts";

test("an address is read, and what makes no sense in it is dropped", () => {
  expect(
    validatePromptSearch({ range: "14d", a: "v1", b: "this-week", view: "side", marks: "lines" }),
  ).toEqual({
    range: "14d",
    a: "v1",
    b: "this-week",
    view: "side",
    marks: "lines",
  });
  expect(validatePromptSearch({ range: "soon", a: "<b>", b: 7, view: "other", filter: "x" })).toEqual({});
});

test("a week is the seven days until now, and the one before", () => {
  const nowMs = Date.parse("2026-11-26T02:10:00Z");
  expect(weekWindow("this-week", nowMs)).toEqual({
    from: "2026-11-19T03:00:00.000Z",
    to: "2026-11-26T03:00:00.000Z",
  });
  expect(weekWindow("last-week", nowMs).to).toBe("2026-11-19T03:00:00.000Z");
  expect([isWeek("last-week"), isWeek("v1"), isWeek(undefined)]).toEqual([true, false, false]);
});
