import type { Attributes, Span } from "@opentelemetry/api";
import {
  OpenInferenceSpanKind,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { runSpan, type Traced } from "./run-span.ts";
import { toText } from "./to-json.ts";
import { inputAttributes, outputAttributes } from "./values.ts";

export interface ToolSpanOptions {
  /** The id that the model gave the call: links this span to the call in the transcript. */
  callId?: string;
  description?: string;
  /** The tool's JSON schema. */
  schema?: unknown;
  /** The span's name. Default: `tool.NAME`. */
  spanName?: string;
  attributes?: Attributes;
}

/**
 * Runs a tool in a span of kind TOOL, with its arguments as input and what the callback returns as output.
 * Returns what the callback returns; throws what it throws.
 */
export function toolSpan<T>(
  name: string,
  args: unknown,
  fn: (span: Span) => T,
  options: ToolSpanOptions = {},
): Traced<T> {
  return runSpan(
    {
      name: options.spanName ?? `tool.${name}`,
      kind: OpenInferenceSpanKind.TOOL,
      attributes: () => {
        const schema = options.schema === undefined ? undefined : toText(options.schema);
        return {
          [Names.TOOL_NAME]: name,
          ...(options.callId === undefined ? {} : { [Names.TOOL_ID]: options.callId }),
          ...(options.description === undefined ? {} : { [Names.TOOL_DESCRIPTION]: options.description }),
          ...(schema === undefined ? {} : { [Names.TOOL_JSON_SCHEMA]: schema }),
          ...inputAttributes(args),
          ...options.attributes,
        };
      },
      onResult: (span, result) => void span.setAttributes(outputAttributes(result)),
    },
    fn,
  );
}
