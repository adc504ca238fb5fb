import type { Random } from "../random.ts";

const LINES = 420;
const MESSAGES = [
  [
    "warn",
    "Exporting failed. Will retry the request after interval.",
    "rpc error: code = ResourceExhausted desc = the queue is full",
  ],
  ["info", "Exporting resumed.", ""],
  [
    "warn",
    "Exporting failed. Will retry the request after interval.",
    "rpc error: code = Unavailable desc = the store cannot write",
  ],
  [
    "error",
    "Dropping data because sending_queue is full. Try increasing queue_size.",
    "sending queue is full",
  ],
] as const;

/** A collector's log as somebody pastes it into a question: more than a small context window holds. */
export function pastedLog(endMs: number, random: Random): string {
  let timeMs = endMs - LINES * 1500;
  const lines = Array.from({ length: LINES }, () => {
    timeMs += random.int(200, 2800);
    const [level, message, error] = random.pick(MESSAGES);
    const line = {
      level,
      ts: new Date(timeMs).toISOString(),
      caller: "internal/retry_sender.go:128",
      msg: message,
      kind: "exporter",
      data_type: "traces",
      name: "otlphttp/nightowl",
      ...(error ? { error, interval: `${(random.next() * 30).toFixed(6)}s` } : {}),
    };
    return JSON.stringify(line);
  });
  return `Here is the collector's log:\n\n${lines.join("\n")}`;
}
