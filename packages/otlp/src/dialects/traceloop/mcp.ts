import type { WireSpan } from "@nightowl/model/span/span";
import { openResult } from "../../normalise/read-parts.ts";
import { isRecord } from "../../normalise/record.ts";

/** True for what a client of the Model Context Protocol asked its server. */
export function isMcp({ scope }: WireSpan): boolean {
  return (
    scope.name.startsWith("opentelemetry.instrumentation.mcp") ||
    scope.name === "@traceloop/instrumentation-mcp"
  );
}

/** What a tool was called with and answered, without its name and whether it failed, which the span says too. */
export function readMcpCall(
  called: unknown,
  returned: unknown,
): { arguments: unknown; result: unknown } | undefined {
  if (!isRecord(called) || typeof called["tool_name"] !== "string") return undefined;
  const result = isRecord(returned) && Object.hasOwn(returned, "result") ? returned["result"] : returned;
  return { arguments: called["arguments"], result: result === undefined ? undefined : openResult(result) };
}
