import type { LlmFields } from "@nightowl/model/span/span";
import { textOf } from "@nightowl/model/span/attribute-reader";
import { openResult } from "../../normalise/read-parts.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** A request of the Model Context Protocol as its client sent it or its server had it; a call of a tool is a tool's span. */
export function readMcpRequest(take: AttributeTaker): Partial<LlmFields> {
  const request = take.record("request");
  if (request?.["method"] !== "tools/call" || !isRecord(request["params"])) return {};
  const { name, arguments: given } = request["params"];
  const response = take.record("response");
  const result = response?.["structuredContent"] ?? openResult(response?.["content"]);
  const fields: Partial<LlmFields> = {
    kind: "TOOL",
    tool: compact({
      name: textOf(name),
      arguments: given,
      result: response === undefined ? undefined : result,
    }),
  };
  if (response?.["isError"] === true)
    fields.error = { message: textOf(result) ?? "The tool answered with an error." };
  return fields;
}
