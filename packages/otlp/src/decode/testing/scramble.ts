import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/**
 * The same message in bytes that a less tidy sender could have written: fields in another order (those of one
 * repeated field keep theirs), unknown fields of every wire type in between, and numbers sent twice, first
 * with a wrong value. `random` gives numbers from 0 to 1.
 */
export function scramble(bytes: Uint8Array, message: DescMessage, random: () => number): Uint8Array {
  const fields = new Map<number, DescField>(message.fields.map((field) => [field.number, field]));
  const records: { number: number; bytes: Uint8Array }[] = [];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields.get(number);
    let value = reader.skip(wireType, number);
    const embedded = field?.message;
    if (embedded !== undefined) {
      const inner = scramble(new BinaryReader(value).bytes(), embedded, random);
      value = new BinaryWriter().bytes(inner).finish();
    }
    if (wireType === WireType.Varint && field?.oneof === undefined && random() < 0.3) {
      records.push({ number, bytes: record(number, wireType, new BinaryWriter().uint32(77).finish()) });
    }
    records.push({ number, bytes: record(number, wireType, value) });
  }
  const shuffled = records.map((item) => ({ item, rank: random() })).sort((a, b) => a.rank - b.rank);
  // Fields of one number go back into their own order, each into a place where one of them stood.
  const queues = new Map<number, Uint8Array[]>();
  for (const { number, bytes: own } of records) queues.set(number, [...(queues.get(number) ?? []), own]);
  const ordered = shuffled.map(({ item }) => queues.get(item.number)!.shift()!);
  const parts = ordered.flatMap((part) => (random() < 0.3 ? [unknownField(random), part] : [part]));
  return Buffer.concat(random() < 0.3 ? [...parts, unknownField(random)] : parts);
}

function record(number: number, wireType: WireType, value: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, wireType).raw(value).finish();
}

function unknownField(random: () => number): Uint8Array {
  const number = 1000 + Math.floor(random() * 1e6);
  const writer = new BinaryWriter();
  switch (Math.floor(random() * 5)) {
    case 0:
      return writer
        .tag(number, WireType.Varint)
        .uint64(2n ** 64n - 1n)
        .finish();
    case 1:
      return writer.tag(number, WireType.Bit64).fixed64(1n).finish();
    case 2:
      return writer.tag(number, WireType.LengthDelimited).string("unknown \xff").finish();
    case 3:
      return writer.tag(number, WireType.Bit32).fixed32(1).finish();
    default:
      return writer
        .tag(number, WireType.StartGroup)
        .tag(1, WireType.Varint)
        .uint32(1)
        .tag(2, WireType.StartGroup)
        .tag(2, WireType.EndGroup)
        .tag(number, WireType.EndGroup)
        .finish();
  }
}
