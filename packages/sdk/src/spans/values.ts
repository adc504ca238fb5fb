import type { Attributes } from "@opentelemetry/api";
import {
  INPUT_MIME_TYPE,
  INPUT_VALUE,
  MimeType,
  OUTPUT_MIME_TYPE,
  OUTPUT_VALUE,
} from "@arizeai/openinference-semantic-conventions";
import { toJson } from "./to-json.ts";

/** `input.value` and its type: a text as it is, anything else as JSON. Empty for nothing. */
export function inputAttributes(value: unknown): Attributes {
  const text = describe(value);
  return text === undefined ? {} : { [INPUT_VALUE]: text.value, [INPUT_MIME_TYPE]: text.mimeType };
}

/** `output.value` and its type: a text as it is, anything else as JSON. Empty for nothing. */
export function outputAttributes(value: unknown): Attributes {
  const text = describe(value);
  return text === undefined ? {} : { [OUTPUT_VALUE]: text.value, [OUTPUT_MIME_TYPE]: text.mimeType };
}

function describe(value: unknown): { value: string; mimeType: MimeType } | undefined {
  if (typeof value === "string") return { value, mimeType: MimeType.TEXT };
  if (value === undefined || value === null) return undefined;
  const json = toJson(value);
  return json === undefined ? undefined : { value: json, mimeType: MimeType.JSON };
}
