import * as zlib from "node:zlib";
import type { Transform } from "node:stream";
import type { ByteAccount } from "./byte-budget.ts";
import { badRequest, formatBytes, tooLarge, unsupported } from "./refusal.ts";
import { decompressZstd, listZstdFrames } from "./zstd.ts";

/** Values of Content-Encoding that are understood. */
export const CONTENT_ENCODINGS = ["identity", "gzip", "deflate", "zstd"] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/**
 * Reads a Content-Encoding header.
 * @throws Refusal 415 on an encoding that is not known, and on a chain of them
 */
export function parseContentEncoding(header: string | undefined): ContentEncoding {
  const encoding = (header ?? "").trim().toLowerCase();
  if (encoding === "") return "identity";
  if (encoding === "x-gzip") return "gzip";
  const known = CONTENT_ENCODINGS.find((name) => name === encoding);
  if (known) return known;
  const list = CONTENT_ENCODINGS.join(", ");
  if (encoding.includes(",")) {
    throw unsupported(`Content-Encoding "${cut(encoding)}" is a chain; one of ${list} is understood.`);
  }
  throw unsupported(`Content-Encoding "${cut(encoding)}" is not understood; ${list} are.`);
}

/**
 * Decompresses a body, piece by piece: what is over the limit is never held.
 * @throws Refusal 413 over the limit, 400 on broken data, 429 when the account is refused
 */
export async function decompress(
  bytes: Buffer,
  encoding: ContentEncoding,
  options: { maxBytes: number; account: ByteAccount },
): Promise<Buffer> {
  if (encoding === "identity") {
    if (bytes.length > options.maxBytes) throw decompressedTooLarge(options.maxBytes);
    return bytes;
  }
  const pieces: Uint8Array[] = [];
  let totalBytes = 0;
  const keep = (piece: Uint8Array): void => {
    totalBytes += piece.length;
    if (totalBytes > options.maxBytes) throw decompressedTooLarge(options.maxBytes);
    options.account.take(piece.length);
    pieces.push(piece);
  };
  try {
    if (encoding !== "zstd") await pipe(bytes, createDecompressor(bytes, encoding), keep);
    else if (!NATIVE.createZstdDecompress)
      await decompressZstd(bytes, options.maxBytes, (piece) => keep(piece.slice()));
    else {
      // Node's stops after the first frame, and on a body that breaks off it just ends: the frames are found here.
      for (const { start, end } of listZstdFrames(bytes)) {
        await pipe(bytes.subarray(start, end), NATIVE.createZstdDecompress(OPTIONS), keep);
      }
    }
  } catch (error) {
    if (!isBrokenData(error)) throw error;
    throw badRequest(`The body is not valid ${encoding} data: ${error.message}.`);
  }
  return Buffer.concat(pieces, totalBytes);
}

const OPTIONS = { chunkSize: 64 * 1024 };

/** Node 22.15 and later have Zstandard; without it ours is used. */
const NATIVE = zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform };

function createDecompressor(bytes: Buffer, encoding: "gzip" | "deflate"): Transform {
  if (encoding === "gzip") return zlib.createGunzip(OPTIONS);
  // HTTP's deflate is zlib data (RFC 9110, 8.4.1.2), but bare deflate is sent under the name too.
  return isZlibData(bytes) ? zlib.createInflate(OPTIONS) : zlib.createInflateRaw(OPTIONS);
}

async function pipe(bytes: Buffer, stream: Transform, keep: (piece: Buffer) => void): Promise<void> {
  stream.end(bytes);
  for await (const piece of stream as AsyncIterable<Buffer>) keep(piece);
}

function isZlibData(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

function isBrokenData(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return (
    error.name === "ZstdError" ||
    code.startsWith("Z_") ||
    code.startsWith("ERR_ZSTD") ||
    code.startsWith("ZSTD_")
  );
}

function decompressedTooLarge(maxBytes: number): Error {
  return tooLarge(
    `The request is larger than ${formatBytes(maxBytes)} after decompression. Export smaller batches, or raise --max-decompressed-bytes.`,
  );
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
