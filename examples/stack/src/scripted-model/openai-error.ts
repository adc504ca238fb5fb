/** An error as OpenAI's API answers it. */
export class OpenAiError extends Error {
  override name = "OpenAiError";
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: {
    error: { message: string; type: string; param: string | null; code: string | null };
  };

  constructor({
    status,
    message,
    type,
    param = null,
    code = null,
    headers = {},
  }: {
    status: number;
    message: string;
    type: string;
    param?: string | null;
    code?: string | null;
    headers?: Record<string, string>;
  }) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { error: { message, type, param, code } };
  }
}

/** 400, naming the parameter. */
export function invalidRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
): OpenAiError {
  return new OpenAiError({ status: 400, type: "invalid_request_error", message, param, code });
}
