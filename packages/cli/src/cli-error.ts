/** Something that the person at the terminal can mend: printed as one line, without a stack. */
export class CliError extends Error {
  override name = "CliError";
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.hint = hint;
  }
}
