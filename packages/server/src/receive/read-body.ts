import type { IncomingMessage } from "node:http";
import type { ByteAccount } from "./byte-budget.ts";
import { badRequest, formatBytes, tooLarge } from "./refusal.ts";

/** How long a body that is refused is read on and thrown away, so that its sender gets to read the answer. */
const DRAIN_MS = 2000;

/**
 * The body as sent, before decompression.
 * @throws Refusal 413 over the limit, 429 when the account is refused, 400 when the sender breaks off
 */
export async function readBody(
  request: IncomingMessage,
  options: { maxBytes: number; account: ByteAccount },
): Promise<Buffer> {
  const declaredBytes = Number(request.headers["content-length"] ?? NaN);
  try {
    if (declaredBytes > options.maxBytes) throw bodyTooLarge(options.maxBytes);
    const chunks: Buffer[] = [];
    let totalBytes = 0;
    await eachChunk(request, (chunk) => {
      totalBytes += chunk.length;
      if (totalBytes > options.maxBytes) throw bodyTooLarge(options.maxBytes);
      options.account.take(chunk.length);
      chunks.push(chunk);
    });
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, totalBytes);
  } catch (error) {
    await drain(request);
    throw error;
  }
}

function bodyTooLarge(maxBytes: number): Error {
  return tooLarge(
    `The request is larger than ${formatBytes(maxBytes)}. Export smaller batches, or raise --max-body-bytes.`,
  );
}

/** Not `for await`: that would destroy the request, and with it the answer, on the first throw. */
function eachChunk(request: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error): void => {
      request.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
      if (error) reject(error);
      else resolve();
    };
    const onData = (chunk: Buffer): void => {
      try {
        onChunk(chunk);
      } catch (error) {
        finish(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const onEnd = (): void => finish();
    const onBroken = (): void => finish(badRequest("The request broke off before its end."));
    if (request.readableEnded) resolve();
    else request.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  });
}

async function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  request.resume();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS);
    request.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    request.once("end", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
