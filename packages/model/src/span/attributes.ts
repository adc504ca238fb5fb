/**
 * Attribute values, in a JSON form that loses nothing of OTLP's `AnyValue`.
 *
 * Plain JSON stands for the common case; a one-key object whose key starts with `@`
 * stands for what JSON cannot say:
 *
 * | OTLP                                        | JSON form                          |
 * | ------------------------------------------- | ---------------------------------- |
 * | stringValue                                 | `"text"`                           |
 * | boolValue                                   | `true`                             |
 * | intValue, |n| ≤ 2^53-1                      | `42`                               |
 * | intValue beyond                             | `{"@int": "9007199254740993"}`     |
 * | doubleValue with a fraction                 | `0.25`                             |
 * | doubleValue without one, NaN, ±Infinity, -0 | `{"@double": "17"}` `{"@double": "NaN"}` |
 * | bytesValue                                  | `{"@bytes": "<base64>"}`           |
 * | arrayValue                                  | `[…]`                              |
 * | kvlistValue                                 | `{"key": …}`                       |
 * | kvlistValue with a repeated key, a key that starts with `@`, or `__proto__` | `{"@kvlist": [["key", …], …]}` |
 * | no value                                    | `null`                             |
 *
 * Spec: opentelemetry-proto `common/v1/common.proto`.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue };

/** Attributes by key, in the order they were sent. A key sent twice keeps its last value (and earns a note on the span). */
export type Attributes = { [key: string]: AttributeValue };
