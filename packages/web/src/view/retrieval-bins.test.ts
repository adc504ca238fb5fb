import { expect, it } from "vitest";
import { binsText, countLabel, scoreLabel } from "./retrieval-bins.ts";

it("bins are named by what is in them", () => {
  expect(countLabel({ from: 3, to: 4 })).toBe("3");
  expect(countLabel({ from: 5, to: 10 })).toBe("5–9");
  expect(countLabel({ from: 50, to: Number.MAX_SAFE_INTEGER })).toBe("50+");
  expect(scoreLabel({ from: 0.85, to: 0.9 })).toBe("0.85–0.90");
});

it("a distribution is told without what is empty", () => {
  const bin = (label: string, count: number) => ({ label, mark: label, count });
  expect(binsText([bin("1", 4), bin("2", 0), bin("3", 1)])).toBe("1: 4, 3: 1");
  expect(binsText([bin("1", 0)])).toBe("nothing");
});
