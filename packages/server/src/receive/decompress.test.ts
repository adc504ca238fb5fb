import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";
import { decompress, parseContentEncoding } from "./decompress.ts";
import { decompressZstd, listZstdFrames, ZstdError } from "./zstd.ts";

const MIB = 1024 ** 2;
const budget = new ByteBudget(64 * MIB);
const run = (
  bytes: Uint8Array,
  encoding: "gzip" | "deflate" | "zstd" | "identity",
  maxBytes = MIB,
): Promise<Buffer> => {
  const account = budget.open();
  return decompress(Buffer.from(bytes), encoding, { maxBytes, account }).finally(() => account.close());
};

/** A Zstandard frame of raw blocks, by hand: Node 20 cannot make one. */
function zstdFrame(
  blocks: { type: 0 | 1; size: number; bytes: Uint8Array }[],
  windowDescriptor = 0x38,
): Buffer {
  const parts = [Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, windowDescriptor)];
  for (const [i, block] of blocks.entries()) {
    const header = (block.size << 3) | (block.type << 1) | (i === blocks.length - 1 ? 1 : 0);
    parts.push(Buffer.of(header & 255, (header >> 8) & 255, header >> 16), Buffer.from(block.bytes));
  }
  return Buffer.concat(parts);
}

const text = Buffer.from("a span, a span, a span ".repeat(100));

describe("decompress", () => {
  it.each([
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["identity", text],
    ["zstd", zstdFrame([{ type: 0, size: text.length, bytes: text }])],
    // Two frames, one after the other.
    [
      "zstd",
      Buffer.concat([
        zstdFrame([{ type: 0, size: 3, bytes: text.subarray(0, 3) }]),
        zstdFrame([{ type: 0, size: text.length - 3, bytes: text.subarray(3) }]),
      ]),
    ],
  ] as const)("reads %s", async (encoding, bytes) => {
    expect((await run(bytes, encoding)).equals(text)).toBe(true);
  });

  it("reads what the zstd program wrote, with skippable frames between", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `{"role":"user","n":${i + 1}}\n`).join("");
    // Those lines through `zstd -19`.
    const frame = Buffer.from(
      "KLUv/WRbBC0DAJLFEBHAO5QwI/Xft0SZmZnBIsK5AaChD/HevJrYQ7w3rybyEO/Nq4k7xHvzaqIO8d68mphDvDevgpbkzoVLRa0jVwxKxwI7qBGwu/8Z4OcR/I8Q4PwUJUOy3MSQVQ8XswVIIFUBmoiq9g==",
      "base64",
    );
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
    const bytes = await run(Buffer.concat([frame, skippable, frame]), "zstd");
    expect(bytes.toString()).toBe(lines + lines);
  });

  it.each([
    ["gzip", gzipSync(text).subarray(0, 30)],
    ["gzip", text],
    ["gzip", Buffer.alloc(0)],
    ["deflate", deflateSync(text).subarray(0, 12)],
    ["zstd", Buffer.from("KLUv/WRbBC0DAJLFEBHAO5QwI/Xft0SZmZnB", "base64")],
    ["zstd", text],
    ["zstd", Buffer.alloc(0)],
  ] as const)("refuses broken %s with 400", async (encoding, bytes) => {
    await expect(run(bytes, encoding)).rejects.toMatchObject({
      httpStatus: 400,
      message: expect.stringMatching(`^The body is not valid ${encoding} data`) as string,
    });
  });

  it.each([
    ["gzip", gzipSync(Buffer.alloc(MIB + 1))],
    ["deflate", deflateSync(Buffer.alloc(MIB + 1))],
    ["identity", Buffer.alloc(MIB + 1)],
    [
      "zstd",
      zstdFrame(
        Array.from({ length: 9 }, () => ({ type: 1 as const, size: 128 * 1024, bytes: Buffer.of(0) })),
      ),
    ],
  ] as const)("refuses %s over the limit with 413 and names the limit", async (encoding, bytes) => {
    await expect(run(bytes, encoding)).rejects.toMatchObject({
      httpStatus: 413,
      message: expect.stringContaining("1048576 bytes (1 MiB) after decompression") as string,
    });
    expect(budget.usedBytes).toBe(0);
  });

  it("takes a body of exactly the limit", async () => {
    expect(await run(gzipSync(Buffer.alloc(MIB)), "gzip")).toHaveLength(MIB);
  });

  it("stops a bomb at the limit", async () => {
    // 8 MiB of it would be 1 TiB; the blocks are not even looked at past the limit.
    const bomb = zstdFrame(
      Array.from({ length: 20_000 }, () => ({ type: 1 as const, size: 128 * 1024, bytes: Buffer.of(0) })),
    );
    let seenBytes = 0;
    const stop = new Error("enough");
    await expect(
      decompressZstd(bomb, MIB, (block) => {
        seenBytes += block.length;
        if (seenBytes > MIB) throw stop;
      }),
    ).rejects.toBe(stop);
    expect(seenBytes).toBeLessThanOrEqual(MIB + 128 * 1024);
  });

  it("refuses a window that would be allocated before the first byte", async () => {
    const frame = zstdFrame([{ type: 0, size: 1, bytes: Buffer.of(1) }], 0xa0);
    expect(listZstdFrames(frame)[0]!.windowBytes).toBe(2 ** 30);
    await expect(decompressZstd(frame, MIB, () => undefined)).rejects.toThrow(ZstdError);
  });

  it("refuses with 429 what is too much with what others hold", async () => {
    const small = new ByteBudget(1000);
    const other = small.open();
    other.take(900);
    const account = small.open();
    await expect(
      decompress(gzipSync(Buffer.alloc(200)), "gzip", { maxBytes: MIB, account }),
    ).rejects.toMatchObject({
      httpStatus: 429,
      retryAfterSeconds: 1,
    });
    other.close();
    await expect(
      decompress(gzipSync(Buffer.alloc(200)), "gzip", { maxBytes: MIB, account }),
    ).resolves.toHaveLength(200);
  });
});

describe("parseContentEncoding", () => {
  it.each([
    [undefined, "identity"],
    ["", "identity"],
    ["GZIP", "gzip"],
    [" zstd ", "zstd"],
    ["x-gzip", "gzip"],
  ])("reads %j", (header, encoding) => expect(parseContentEncoding(header)).toBe(encoding));

  it("refuses what it does not know, and chains, with 415", () => {
    expect(() => parseContentEncoding("br")).toThrow(
      'Content-Encoding "br" is not understood; identity, gzip, deflate, zstd are.',
    );
    expect(() => parseContentEncoding("gzip, gzip")).toThrow(/is a chain; one of identity, gzip/);
  });
});
