import { isRecord } from "./record.ts";

/**
 * What a traced function was called with, as SDKs of Python write it (`{args: […], kwargs: {…}}`, or the latter alone),
 * without the wrapping: the positional arguments (the only one by itself), or the named ones, where there are no others.
 * Anything else comes back as it is.
 */
export function callArguments(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value["kwargs"])) return value;
  // How smolagents is to treat the call is no argument of the tool's.
  const { args = [], kwargs, sanitize_inputs_outputs: _how, ...others } = value;
  if (!Array.isArray(args) || Object.keys(others).length > 0) return value;
  if (args.length === 0) return kwargs;
  if (Object.keys(kwargs as object).length > 0) return value;
  return args.length === 1 ? (args[0] as unknown) : args;
}
