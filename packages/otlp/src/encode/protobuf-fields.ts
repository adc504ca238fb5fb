import type { Attributes, AttributeValue } from "@nightowl/model/span/attributes";
import type { Resource, Scope } from "@nightowl/model/span/span";
import { kvlistEntries } from "../decode/any-value.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { groupByOrigin } from "./origin-groups.ts";

/** An export request of one signal: the field numbers around the items are the same in all of them. */
export function encodeRequest<T extends { resource: Resource; scope: Scope }>(
  items: readonly T[],
  writeItem: (writer: ProtobufWriter, item: T) => void,
): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  for (const [resource, scopes] of groupByOrigin(items)) {
    writer.message(1, () => {
      writer.message(1, () => writeResource(writer, resource));
      for (const [scope, group] of scopes) {
        writer.message(2, () => {
          writer.message(1, () => writeScope(writer, scope));
          for (const item of group) writer.message(2, () => writeItem(writer, item));
          writeText(writer, 3, scope.schemaUrl);
        });
      }
      writeText(writer, 3, resource.schemaUrl);
    });
  }
  return writer.finish();
}

function writeResource(writer: ProtobufWriter, resource: Resource): void {
  writeAttributes(writer, 1, resource.attributes);
  writeCount(writer, 2, resource.droppedAttributesCount);
  for (const entity of resource.entityRefs) {
    writer.message(3, () => {
      writeText(writer, 1, entity.schemaUrl);
      writeText(writer, 2, entity.type);
      for (const key of entity.idKeys) writer.text(3, key);
      for (const key of entity.descriptionKeys) writer.text(4, key);
    });
  }
}

function writeScope(writer: ProtobufWriter, scope: Scope): void {
  writeText(writer, 1, scope.name);
  writeText(writer, 2, scope.version);
  writeAttributes(writer, 3, scope.attributes);
  writeCount(writer, 4, scope.droppedAttributesCount);
}

export function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) writeKeyValue(writer, field, key, value);
}

function writeKeyValue(writer: ProtobufWriter, field: number, key: string, value: AttributeValue): void {
  writer.message(field, () => {
    writeText(writer, 1, key);
    writer.message(2, () => writeValue(writer, value));
  });
}

/** The fields of an `AnyValue`; null has none. */
export function writeValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (value === null) return;
  if (typeof value === "string") writer.text(1, value);
  else if (typeof value === "boolean") writer.varint(2, value ? 1 : 0);
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value)) writer.int64(3, BigInt(value));
    else writer.double(4, value);
  } else if (Array.isArray(value)) {
    writer.message(5, () => {
      for (const item of value) writer.message(1, () => writeValue(writer, item));
    });
  } else if ("@int" in value) writer.int64(3, BigInt(value["@int"] as string));
  else if ("@double" in value) writer.double(4, Number(value["@double"]));
  else if ("@bytes" in value) writer.bytes(7, Buffer.from(value["@bytes"] as string, "base64"));
  else {
    writer.message(6, () => {
      for (const [key, item] of kvlistEntries(value)) writeKeyValue(writer, 1, key, item);
    });
  }
}

export function writeText(writer: ProtobufWriter, field: number, text: string): void {
  if (text !== "") writer.text(field, text);
}

export function writeId(writer: ProtobufWriter, field: number, hex: string): void {
  if (hex !== "") writer.bytes(field, Buffer.from(hex, "hex"));
}

export function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  if (count !== 0) writer.varint(field, count);
}

export function writeTime(writer: ProtobufWriter, field: number, timeNs: string): void {
  if (timeNs !== "0") writer.fixed64(field, BigInt(timeNs));
}
