const sharedTexts = new WeakMap<object, string>();

/** Text for a row, as JSON: lone surrogates, which no encoding can store, become U+FFFD. */
export function text(value: string | undefined): string {
  if (!value) return '""';
  return JSON.stringify(value.isWellFormed() ? value : value.toWellFormed());
}

/**
 * JSON for a text column. It stands in the row as it is: the engine keeps the text of an object or a list to the
 * letter (`input_format_json_read_objects_as_strings`, and the same for arrays), and nothing is escaped twice.
 */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

export function list(values: readonly unknown[]): string {
  return values.length === 0 ? "[]" : json(values);
}

/** {@link json} of an object that many rows share. */
export function sharedJson(value: object): string {
  let known = sharedTexts.get(value);
  if (known === undefined) {
    known = json(value);
    sharedTexts.set(value, known);
  }
  return known;
}
