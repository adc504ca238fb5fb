import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Piece } from "./read-export-file.ts";
import { retryAfterMs, SendError, sendPieces } from "./send-batches.ts";

let server: Server | undefined;
afterEach(() => server?.close());

interface Received {
  headers: IncomingMessage["headers"];
  body: string;
}

/** A receiver that answers as told. */
async function listen(
  answer: (
    request: Received,
    count: number,
  ) => { status: number; headers?: Record<string, string>; body?: string },
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body });
    const { status, headers, body: text } = answer({ headers: request.headers, body }, received.length);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text ?? "{}");
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function* pieces(...names: string[]): AsyncGenerator<Piece> {
  for (const [index, name] of names.entries()) {
    yield {
      encoding: "json",
      bytes: Buffer.from(`{"n":"${name}"}`),
      spanCount: 1,
      where: `line ${index + 1}`,
    };
  }
}

const sleeps: number[] = [];
const sleep = async (ms: number): Promise<void> => void sleeps.push(ms);

describe("sendPieces", () => {
  it("sends small pieces together, as one request with the project's name", async () => {
    const { url, received } = await listen(() => ({ status: 200 }));
    const result = await sendPieces(pieces("a", "b", "c"), { url, project: "shop", maxBatchBytes: 1000 });
    expect(result).toEqual({ acceptedSpans: 3, rejectedSpans: 0, reasons: [], warnings: [] });
    expect(received).toHaveLength(1);
    expect(received[0]?.headers["x-project-name"]).toBe("shop");
    expect(JSON.parse(received[0]?.body ?? "")).toEqual({
      resourceSpans: [{ n: "a" }, { n: "b" }, { n: "c" }],
    });
  });

  it("keeps requests under the limit", async () => {
    const { url, received } = await listen(() => ({ status: 200 }));
    await sendPieces(pieces("a", "b", "c"), { url, maxBatchBytes: 20 });
    expect(received.map((request) => JSON.parse(request.body).resourceSpans.length)).toEqual([2, 1]);
  });

  it("waits as long as Retry-After says, and loses nothing", async () => {
    sleeps.length = 0;
    const { url, received } = await listen((_, count) =>
      count < 3 ? { status: count === 1 ? 429 : 503, headers: { "retry-after": "2" } } : { status: 200 },
    );
    const result = await sendPieces(pieces("a"), { url, maxBatchBytes: 1000, sleep });
    expect(result.acceptedSpans).toBe(1);
    expect(received).toHaveLength(3);
    expect(sleeps).toEqual([2000, 2000]);
  });

  it("finds the one piece that is refused; the others are kept", async () => {
    const { url } = await listen(({ body }) =>
      body.includes("bad") ? { status: 400, body: '{"message":"not an export request"}' } : { status: 200 },
    );
    const result = await sendPieces(pieces("a", "b", "bad", "d", "e"), { url, maxBatchBytes: 1000 });
    expect(result).toMatchObject({ acceptedSpans: 4, rejectedSpans: 1 });
    expect(result.reasons).toEqual(["line 3: answered 400: not an export request"]);
  });

  it("counts a partial success, and keeps a warning apart from a rejection", async () => {
    const { url } = await listen(({ body }) => ({
      status: 200,
      body: body.includes("bad")
        ? '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"span 0: id of 7 bytes"}}'
        : '{"partialSuccess":{"errorMessage":"span 0 ends before it starts"}}',
    }));
    const result = await sendPieces(pieces("bad", "odd"), { url, maxBatchBytes: 1 });
    expect(result).toEqual({
      acceptedSpans: 1,
      rejectedSpans: 1,
      reasons: ["line 1: span 0: id of 7 bytes"],
      warnings: ["line 2: span 0 ends before it starts"],
    });
  });

  it("reads answers in protobuf", async () => {
    const { url } = await listen(() => ({
      status: 200,
      headers: { "content-type": "application/x-protobuf" },
      body: "\u000a\u0006\u0008\u0001\u0012\u0002hi",
    }));
    const result = await sendPieces(pieces("a"), { url, maxBatchBytes: 1000 });
    expect(result).toMatchObject({ acceptedSpans: 0, rejectedSpans: 1, reasons: ["line 1: hi"] });
  });

  it("gives up where nobody listens, and where every request would be refused", async () => {
    const { url } = await listen(() => ({ status: 404 }));
    await expect(sendPieces(pieces("a"), { url, maxBatchBytes: 1 })).rejects.toThrow(SendError);
    await new Promise((resolve) => server?.close(resolve));
    await expect(sendPieces(pieces("a"), { url, maxBatchBytes: 1, sleep })).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe("retryAfterMs", () => {
  it("reads seconds and dates, within a minute", () => {
    const now = Date.parse("2026-11-21T00:00:00Z");
    expect(retryAfterMs("3", now)).toBe(3000);
    expect(retryAfterMs("Sat, 21 Nov 2026 00:00:05 GMT", now)).toBe(5000);
    expect(retryAfterMs("86400", now)).toBe(60_000);
    expect(retryAfterMs("Fri, 20 Nov 2026 00:00:00 GMT", now)).toBe(0);
    expect(retryAfterMs("soon", now)).toBeUndefined();
    expect(retryAfterMs(null, now)).toBeUndefined();
  });
});
