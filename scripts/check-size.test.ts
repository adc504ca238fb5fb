import { expect, it } from "vitest";
import { findLongFiles } from "./check-size.ts";

const file = (path: string, lines: number): { path: string; text: string } => ({
  path,
  text: "x\n".repeat(lines),
});

it("warns past 300 lines, fails past 600, and lists the longest first", () => {
  const files = [file("a.ts", 300), file("b.ts", 301), file("c.ts", 600), file("d.ts", 601)];
  expect(findLongFiles(files)).toEqual([
    { path: "d.ts", lines: 601, fails: true },
    { path: "c.ts", lines: 600, fails: false },
    { path: "b.ts", lines: 301, fails: false },
  ]);
});
