/**
 * The question cannot be answered as it was put: `bad_request` when it is malformed (a filter, a cursor),
 * `not_found` when what it asks about is not there. The message is for the person who asked.
 */
export class QueryInputError extends Error {
  override name = "QueryInputError";
  readonly code: "bad_request" | "not_found";
  readonly hint: string | undefined;

  constructor(code: QueryInputError["code"], message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
