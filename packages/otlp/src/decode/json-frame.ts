import { isUtf8 } from "node:buffer";
import type { Resource, Scope } from "@nightowl/model/span/span";
import { TooDeepError } from "./any-value.ts";
import { DecodeError, type Origin } from "./decoded.ts";
import { isObject, JsonFields, type JsonObject, WrongTypeError } from "./json-fields.ts";
import { holdsTooManyObjects, parseJsonText } from "./json-text.ts";
import { readAttributes } from "./json-values.ts";
import { NoteBook } from "./note-book.ts";

/** The names of one signal's levels: what a request holds, what that holds, and the items themselves. */
export interface JsonLevels {
  /** What the request is about, for people: `trace`. */
  signal: string;
  resources: string;
  scopes: string;
  items: string;
}

/** Reads one item. It never throws: an item that cannot be read is rejected alone. */
export type ReadJsonItem = (
  fields: JsonFields,
  json: unknown,
  resource: Origin<Resource>,
  scope: Origin<Scope>,
) => void;

/**
 * Goes through an export request in OTLP's JSON, resource by resource and scope by scope, and hands on every item.
 * Throws {@link DecodeError} where the text is not JSON or not an export request of this signal.
 */
export function walkJsonRequest(body: Uint8Array | string, levels: JsonLevels, readItem: ReadJsonItem): void {
  const { text, hadInvalidUtf8 } = textOf(body);
  if (holdsTooManyObjects(text)) {
    throw new DecodeError(
      `The body holds more objects and lists than one request can; send fewer ${levels.items} at once.`,
    );
  }
  let request: unknown;
  try {
    request = parseJsonText(text);
  } catch (error) {
    throw new DecodeError(`The body is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(request)) {
    throw new DecodeError(`The body is JSON, but not an object with ${levels.resources}.`);
  }
  const fields = new JsonFields(hadInvalidUtf8);
  try {
    walkRequest(fields, request, levels, readItem);
  } catch (error) {
    if (error instanceof WrongTypeError)
      throw new DecodeError(`The body is no OTLP ${levels.signal} request: ${error.message}.`);
    throw error;
  }
}

function textOf(body: Uint8Array | string): { text: string; hadInvalidUtf8: boolean } {
  let text: string;
  let hadInvalidUtf8 = false;
  if (typeof body === "string") text = body;
  else {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    text = bytes.toString("utf8");
    hadInvalidUtf8 = !isUtf8(bytes);
  }
  // A byte order mark is no part of JSON, but some platforms write one.
  return { text: text.startsWith("\uFEFF") ? text.slice(1) : text, hadInvalidUtf8 };
}

function walkRequest(
  fields: JsonFields,
  request: JsonObject,
  levels: JsonLevels,
  readItem: ReadJsonItem,
): void {
  const { resources } = levels;
  if (fields.member(request, resources) === undefined && Object.keys(request).length > 0) {
    const isNamed = [resources, resources.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    if (!isNamed.some((name) => name in request)) throw new WrongTypeError(`it has no ${resources}`);
  }
  for (const item of fields.list(request, resources, resources)) {
    if (!isObject(item)) throw new WrongTypeError(`an entry of ${resources} is not an object`);
    walkResource(fields, item, levels, readItem);
  }
}

function walkResource(
  fields: JsonFields,
  resourceItems: JsonObject,
  { scopes, items }: JsonLevels,
  readItem: ReadJsonItem,
): void {
  const resource = readOrigin<Resource>(
    { attributes: {}, droppedAttributesCount: 0, entityRefs: [], schemaUrl: "" },
    "resource",
    (value, book) => {
      value.schemaUrl = fields.text(resourceItems, "schemaUrl", "the schema URL of the resource", book);
      readResource(fields, resourceItems, value, book);
    },
  );
  for (const scopeItems of fields.list(resourceItems, scopes, scopes)) {
    fields.items.add();
    if (!isObject(scopeItems)) throw new WrongTypeError(`an entry of ${scopes} is not an object`);
    const scope = readOrigin<Scope>(
      { name: "", version: "", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
      "scope",
      (value, book) => {
        value.schemaUrl = fields.text(scopeItems, "schemaUrl", "the schema URL of the scope", book);
        readScope(fields, scopeItems, value, book);
      },
    );
    for (const item of fields.list(scopeItems, items, items)) {
      fields.items.add();
      readItem(fields, item, resource, scope);
    }
  }
}

function readOrigin<T>(
  value: T,
  name: "resource" | "scope",
  read: (value: T, book: NoteBook) => void,
): Origin<T> {
  const book = new NoteBook();
  let broken: string | undefined;
  try {
    read(value, book);
  } catch (error) {
    broken = `its ${name} cannot be read: ${jsonReasonOf(error)}`;
  }
  return { value, notes: book.finish(), broken };
}

/** Why an item cannot be read. Throws what is no fault of the item. */
export function jsonReasonOf(error: unknown): string {
  if (error instanceof WrongTypeError || error instanceof TooDeepError) return error.message;
  throw error;
}

function readResource(fields: JsonFields, owner: JsonObject, resource: Resource, book: NoteBook): void {
  const json = fields.object(owner, "resource", "resource");
  if (json === undefined) return;
  resource.attributes = readAttributes(fields, json, book, "the resource");
  resource.droppedAttributesCount = fields.uint32(json, "droppedAttributesCount", "droppedAttributesCount");
  resource.entityRefs = fields.list(json, "entityRefs", "entityRefs").map((entity) => {
    if (!isObject(entity)) throw new WrongTypeError("an entity reference is not an object");
    const keys = (name: string) =>
      fields
        .list(entity, name, `an entity's ${name}`)
        .map((key) => fields.wellFormed(key, "an entity's key", book));
    return {
      schemaUrl: fields.text(entity, "schemaUrl", "an entity's schema URL", book),
      type: fields.text(entity, "type", "an entity's type", book),
      idKeys: keys("idKeys"),
      descriptionKeys: keys("descriptionKeys"),
    };
  });
}

function readScope(fields: JsonFields, owner: JsonObject, scope: Scope, book: NoteBook): void {
  const json = fields.object(owner, "scope", "scope");
  if (json === undefined) return;
  scope.name = fields.text(json, "name", "the scope's name", book);
  scope.version = fields.text(json, "version", "the scope's version", book);
  scope.attributes = readAttributes(fields, json, book, "the scope");
  scope.droppedAttributesCount = fields.uint32(json, "droppedAttributesCount", "droppedAttributesCount");
}
