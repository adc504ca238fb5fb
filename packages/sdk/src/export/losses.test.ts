import { expect, it } from "vitest";
import { LossLog } from "./losses.ts";

it("says the first loss at once, then at most one line a minute with what came together", () => {
  const lines: string[] = [];
  let nowMs = 1000;
  const log = new LossLog(
    "http://host",
    (line) => lines.push(line),
    () => nowMs,
  );
  log.add("exportFailed", 1, "ECONNREFUSED");
  log.add("exportFailed", 10, "ECONNREFUSED");
  log.add("queueFull", 5, "the queue is full");
  expect(lines).toEqual(["nightowl: 1 span was not sent to http://host: ECONNREFUSED"]);
  nowMs += 60_000;
  log.add("rejected", 2, "too old");
  expect(lines[1]).toBe("nightowl: 17 spans were not sent to http://host: too old");
  expect(log.losses).toEqual({ queueFull: 5, exportFailed: 11, rejected: 2 });
});

it("counts on when the application's log throws", () => {
  const log = new LossLog("x", () => {
    throw new Error("the disk is full");
  });
  log.add("queueFull", 1, "the queue is full");
  expect(log.losses.queueFull).toBe(1);
});
