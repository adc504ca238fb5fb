import { Decompress } from "fzstd";

/** Zstandard data that is broken, truncated, or asks for more memory than it may have. */
export class ZstdError extends Error {
  override name = "ZstdError";
}

interface ZstdFrame {
  start: number;
  end: number;
  windowBytes: number;
}

/** Decoders must take windows of 8 MiB (RFC 8878, 3.1.1.1.2), whatever the limit on the result. */
const MIN_WINDOW_BYTES = 8 * 1024 ** 2;
const PUSH_BYTES = 64 * 1024;
/** Result bytes after which other requests get their turn. */
const YIELD_BYTES = 8 * 1024 ** 2;

/**
 * Decompresses in blocks of at most 128 KiB, for Node versions whose zlib has no Zstandard.
 * `onBlock` may throw to stop; memory stays at one window and what `onBlock` keeps.
 * @throws ZstdError
 */
export async function decompressZstd(
  bytes: Uint8Array,
  maxBytes: number,
  onBlock: (block: Uint8Array) => void,
): Promise<void> {
  let sinceYieldBytes = 0;
  for (const frame of listZstdFrames(bytes)) {
    // The window is allocated whole before the first byte of the result.
    if (frame.windowBytes > Math.max(maxBytes, MIN_WINDOW_BYTES)) {
      throw new ZstdError(`a window of ${frame.windowBytes} bytes is more than is allowed`);
    }
    let stop: { reason: unknown } | undefined;
    const stream = new Decompress((block) => {
      sinceYieldBytes += block.length;
      try {
        onBlock(block);
      } catch (reason) {
        stop = { reason };
        throw reason;
      }
    });
    for (let at = frame.start; at < frame.end; at += PUSH_BYTES) {
      const next = Math.min(at + PUSH_BYTES, frame.end);
      try {
        stream.push(bytes.subarray(at, next), next === frame.end);
      } catch (error) {
        if (stop) throw stop.reason;
        throw new ZstdError(error instanceof Error ? error.message : String(error));
      }
      if (sinceYieldBytes > YIELD_BYTES) {
        sinceYieldBytes = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}

/**
 * The frames of the data, found by their headers alone; skippable ones are left out.
 * Spec: RFC 8878, section 3.
 * @throws ZstdError on data that is no Zstandard or that breaks off
 */
export function listZstdFrames(bytes: Uint8Array): ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: ZstdFrame[] = [];
  let at = 0;
  if (bytes.length === 0) throw new ZstdError("there is no data");
  while (at < bytes.length) {
    const start = at;
    const magic = at + 4 <= bytes.length ? view.getUint32(at, true) : 0;
    if (magic >>> 4 === 0x184d2a5) {
      if (at + 8 > bytes.length) throw new ZstdError("it breaks off");
      at += 8 + view.getUint32(at + 4, true);
      if (at > bytes.length) throw new ZstdError("it breaks off");
      continue;
    }
    if (magic !== 0xfd2fb528) throw new ZstdError("it does not begin as Zstandard does");
    const header = readFrameHeader(view, at + 4);
    at = header.end;
    for (let last = false; !last;) {
      if (at + 3 > bytes.length) throw new ZstdError("it breaks off");
      const block = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      const type = (block >> 1) & 3;
      if (type === 3) throw new ZstdError("a block has a reserved type");
      last = (block & 1) === 1;
      at += 3 + (type === 1 ? 1 : block >> 3);
    }
    if (header.hasChecksum) at += 4;
    if (at > bytes.length) throw new ZstdError("it breaks off");
    frames.push({ start, end: at, windowBytes: header.windowBytes });
  }
  return frames;
}

function readFrameHeader(
  view: DataView,
  start: number,
): { end: number; windowBytes: number; hasChecksum: boolean } {
  if (start >= view.byteLength) throw new ZstdError("it breaks off");
  const descriptor = view.getUint8(start);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  const sizeAt = start + 1 + (singleSegment ? 0 : 1) + dictionaryBytes;
  const end = sizeAt + sizeBytes;
  if (end > view.byteLength) throw new ZstdError("it breaks off");
  const hasChecksum = (descriptor & 4) !== 0;
  if (!singleSegment) {
    const window = view.getUint8(start + 1);
    const base = 2 ** (10 + (window >> 3));
    return { end, hasChecksum, windowBytes: base + (base / 8) * (window & 7) };
  }
  const contentBytes =
    sizeBytes === 1
      ? view.getUint8(sizeAt)
      : sizeBytes === 2
        ? view.getUint16(sizeAt, true) + 256
        : sizeBytes === 4
          ? view.getUint32(sizeAt, true)
          : Number(view.getBigUint64(sizeAt, true));
  return { end, hasChecksum, windowBytes: contentBytes };
}
