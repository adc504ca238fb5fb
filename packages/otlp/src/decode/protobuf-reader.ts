import { isUtf8 } from "node:buffer";
import { ItemCount } from "./decoded.ts";
import { cachedText } from "./text-cache.ts";

/** The bytes are not what the protobuf wire format allows. The caller decides how much is lost by it. */
export class MalformedError extends Error {
  override name = "MalformedError";
}

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LENGTH = 2;
export const WIRE_GROUP_START = 3;
export const WIRE_GROUP_END = 4;
export const WIRE_FIXED32 = 5;

/** Groups (a form that OTLP does not use) nested deeper than this are refused. */
const MAX_GROUP_DEPTH = 100;

/**
 * Reads the protobuf wire format from a byte array, front to back.
 *
 * The reader never looks beyond `limit`: the end of the message that is being read. To read an
 * embedded message, `enter()` it, read fields while `pos < limit`, and `leave()` it. Every method
 * throws {@link MalformedError} where the bytes end too soon or break the format.
 *
 * Spec: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  readonly bytes: Buffer;
  /** Counts what is built from the bytes. */
  readonly items = new ItemCount();
  /** Where the next read starts. */
  pos: number;
  /** Where the message that is being read ends. */
  limit: number;
  /** Set by {@link text} when bytes that are not UTF-8 were replaced by U+FFFD. Whoever looks clears it. */
  replacedText = false;
  /** The upper 32 bits of the varint that {@link varint} read last. */
  #varintHigh = 0;
  /** The seconds of the last time and their text: the times of a batch mostly lie in the same second. */
  #seconds = 0;
  #secondsText = "0";

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = 0;
    this.limit = bytes.byteLength;
  }

  /** Reads a length and narrows the reader to that many bytes. Returns what {@link leave} wants back. */
  enter(): number {
    const length = this.#length();
    const outerLimit = this.limit;
    this.limit = this.pos + length;
    return outerLimit;
  }

  /** Widens the reader to the enclosing message again, behind the embedded one, wherever reading stopped. */
  leave(outerLimit: number): void {
    this.pos = this.limit;
    this.limit = outerLimit;
  }

  /** A field's tag: `field << 3 | wireType`. */
  tag(): number {
    const first = this.bytes[this.pos]!;
    let tag: number;
    if (first < 0x80 && this.pos < this.limit) {
      this.pos++;
      tag = first;
    } else {
      tag = this.varint();
      if (this.#varintHigh !== 0) throw new MalformedError("a field number is too large");
    }
    if (tag >>> 3 === 0) throw new MalformedError("field number 0 does not exist");
    return tag;
  }

  /** The lower 32 bits of a varint, unsigned. The upper ones are kept for {@link int64}. */
  varint(): number {
    const bytes = this.bytes;
    const limit = this.limit;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= limit) throw new MalformedError("it ends in the middle of a number");
      const byte = bytes[this.pos++]!;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x7f) << 28;
        high |= (byte & 0x7f) >>> 4;
      } else if (shift < 63) high |= (byte & 0x7f) << (shift - 32);
      else high |= (byte & 1) << 31;
      if (byte < 0x80) {
        this.#varintHigh = high;
        return low >>> 0;
      }
    }
    throw new MalformedError("a number is longer than 10 bytes");
  }

  bool(): boolean {
    const low = this.varint();
    return low !== 0 || this.#varintHigh !== 0;
  }

  /** An int64: a number where that is exact, decimal text beyond. */
  int64(): number | string {
    const low = this.varint();
    const high = this.#varintHigh | 0;
    const number = high * 0x1_0000_0000 + low;
    if (Number.isSafeInteger(number)) return number;
    return ((BigInt(high) << 32n) | BigInt(low)).toString();
  }

  fixed32(): number {
    this.#need(4);
    const { bytes, pos } = this;
    this.pos += 4;
    return (bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24)) >>> 0;
  }

  /** An unsigned fixed64 as decimal text, exact, without a bigint on the way. */
  fixed64Text(): string {
    const low = this.fixed32();
    const high = this.fixed32();
    if (high === 0) return String(low);
    // Long division by 10^9 in base 2^16: every step stays far below 2^53. For a time in
    // nanoseconds the quotient is its seconds.
    const highRest = high % 1e9;
    const middle = highRest * 0x1_0000 + (low >>> 16);
    const bottom = (middle % 1e9) * 0x1_0000 + (low & 0xffff);
    const seconds =
      ((high - highRest) / 1e9) * 0x1_0000_0000 +
      Math.floor(middle / 1e9) * 0x1_0000 +
      Math.floor(bottom / 1e9);
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#secondsText = String(seconds);
    }
    return this.#secondsText + String(1e9 + (bottom % 1e9)).slice(1);
  }

  double(): number {
    this.#need(8);
    this.pos += 8;
    return this.bytes.readDoubleLE(this.pos - 8);
  }

  /** A string. Bytes that are not UTF-8 become U+FFFD and set {@link replacedText}. */
  text(): string {
    const length = this.#length();
    const start = this.pos;
    this.pos += length;
    const cached = cachedText(this.bytes, start, length);
    if (cached !== undefined) return cached;
    const text = this.bytes.toString("utf8", start, this.pos);
    // A U+FFFD may also have been sent as such.
    if (text.includes("\uFFFD") && !isUtf8(this.bytes.subarray(start, this.pos))) this.replacedText = true;
    return text;
  }

  /** A bytes field as lower-case hex. */
  hex(): string {
    const length = this.#length();
    this.pos += length;
    return this.bytes.toString("hex", this.pos - length, this.pos);
  }

  /** A bytes field as base64, padded. */
  base64(): string {
    const length = this.#length();
    this.pos += length;
    return this.bytes.toString("base64", this.pos - length, this.pos);
  }

  /** Steps over the value of a field, whatever it is. `tag` is the one just read. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.varint();
        return;
      case WIRE_FIXED64:
        this.#need(8);
        this.pos += 8;
        return;
      case WIRE_LENGTH: {
        const length = this.#length();
        this.pos += length;
        return;
      }
      case WIRE_GROUP_START:
        this.#skipGroup(tag >>> 3);
        return;
      case WIRE_FIXED32:
        this.#need(4);
        this.pos += 4;
        return;
      default:
        throw new MalformedError(`field ${tag >>> 3} has wire type ${tag & 7}, which cannot stand here`);
    }
  }

  #skipGroup(field: number): void {
    // A list, not recursion: the depth is the sender's choice.
    const open = [field];
    while (open.length > 0) {
      const tag = this.tag();
      if ((tag & 7) === WIRE_GROUP_START) {
        if (open.length === MAX_GROUP_DEPTH) throw new MalformedError("groups are nested too deep");
        open.push(tag >>> 3);
      } else if ((tag & 7) === WIRE_GROUP_END) {
        if (open.pop() !== tag >>> 3) throw new MalformedError("a group ends that did not begin");
      } else this.skip(tag);
    }
  }

  #length(): number {
    const length = this.varint();
    if (this.#varintHigh !== 0 || length > this.limit - this.pos) {
      throw new MalformedError("a length goes beyond the end of the message");
    }
    return length;
  }

  #need(count: number): void {
    if (count > this.limit - this.pos) throw new MalformedError("it ends in the middle of a number");
  }
}
