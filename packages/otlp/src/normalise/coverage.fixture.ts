import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import {
  captureFolders,
  FIXTURES,
  readExpectations,
  type MessageExpectation,
  type SpanExpectation,
} from "./expectations.fixture.ts";

/** One column of the table: a field, whether a span's table has it, and what a capture that sends it says somewhere. */
interface Field {
  name: string;
  isRead: (span: SpanExpectation) => boolean;
  /** Looked for in the text of the request and its logs. A field that is in no capture's text was not sent. */
  sign: RegExp;
}

const messages = (span: SpanExpectation): MessageExpectation[] => [
  ...(span.input ?? []),
  ...(span.output ?? []),
];
const someMessage = (test: (message: MessageExpectation) => boolean) => (span: SpanExpectation) =>
  messages(span).some(test);
const hasMedia = (message: MessageExpectation) =>
  message.images !== undefined ||
  (message.other ?? []).some(({ type }) => type === "audio" || type === "file");

const FIELDS: Field[] = [
  { name: "kind", isRead: ({ kind }) => kind !== "UNKNOWN", sign: /./ },
  {
    name: "model",
    isRead: (span) => (span.responseModel ?? span.requestModel) !== undefined,
    sign: /"(gen_ai\.(request|response)\.model|llm\.model_name|ai\.model\.id|mlflow\.llm\.model)"/,
  },
  {
    name: "provider",
    isRead: (span) => span.provider !== undefined,
    sign: /"(gen_ai\.(provider\.name|system)|llm\.(provider|system)|ai\.model\.provider)"/,
  },
  {
    name: "input",
    isRead: (span) => span.kind === "LLM" && span.input !== undefined,
    sign: /input\.messages|input_messages|prompt\.messages|gen_ai\.prompt|"messages\\"|user\.message/,
  },
  {
    name: "output",
    isRead: (span) => span.kind === "LLM" && span.output !== undefined,
    sign: /output\.messages|output_messages|response\.text|gen_ai\.(completion|choice)|"choices\\"/,
  },
  {
    name: "system",
    isRead: someMessage(({ role }) => role === "system"),
    sign: /role[\\": {]+(stringValue[\\": ]+)?system\b|system_instructions|system\.message/,
  },
  {
    name: "media",
    isRead: someMessage(hasMedia),
    sign: /image_url|image\.image\.url|image-url|type\\": ?\\"blob|input_audio\\"|mediaType/,
  },
  {
    name: "reasoning",
    isRead: someMessage(({ reasoning }) => reasoning !== undefined),
    sign: /type[\\": {]+(stringValue[\\": ]+)?(reasoning|thinking)\b|response\.reasoning|reasoning_content/,
  },
  {
    name: "tool calls",
    isRead: someMessage(({ toolCalls }) => toolCalls !== undefined),
    // Not as why an answer ended (`["tool_calls"]`), nor as a span's own kind.
    sign: /tool_calls?(\\*"\s*:|\.)|type[\\": ]+tool_call\b|toolCall|tool-call|tool_use|toolUse|functionCall|toolRequest/,
  },
  {
    name: "tools offered",
    isRead: (span) => span.tools !== undefined,
    sign: /tool\.definitions|llm\.tools|prompt\.tools|json_schema\b.*function|function_tools|agent\.tools|request\.functions/,
  },
  {
    name: "tool spans",
    isRead: ({ kind, tool }) => kind === "TOOL" && (tool?.["arguments"] ?? tool?.["result"]) !== undefined,
    sign: /execute_tool|TOOL|ai\.toolCall\b|running tool|step\.tool|genkit:type.*tool|call_tool/,
  },
  {
    name: "tokens",
    isRead: ({ usage }) => (usage?.inputTokens ?? usage?.outputTokens) !== undefined,
    sign: /usage\.(input|prompt)_?[tT]okens|token_count\.prompt|prompt_tokens|tokenUsage|promptTokenCount/,
  },
  {
    name: "cached",
    isRead: ({ usage }) => (usage?.cacheReadTokens ?? usage?.cacheWriteTokens ?? 0) > 0,
    sign: /(cached?_?(read|input|prompt)?[._a-zA-Z]*[tT]okens?|prompt_details\.cache_read)[\\"]*[:, ][^}]{0,60}?[1-9]/,
  },
  {
    name: "thought",
    isRead: ({ usage }) => (usage?.reasoningTokens ?? 0) > 0,
    sign: /(reasoning_?(output)?_?[tT]okens|completion_details\.reasoning|thoughtsTokenCount)[\\"]*[:, ][^}]{0,60}?[1-9]/,
  },
  {
    name: "cost",
    isRead: ({ cost }) => typeof cost === "number",
    sign: /"(operation\.cost|gen_ai\.usage\.cost|llm\.cost\.total|gen_ai\.cost\.total_cost|mlflow\.llm\.cost)"|cost_details/,
  },
  {
    name: "settings",
    isRead: (span) => span.parameters !== undefined,
    sign: /temperature|max_tokens|maxOutputTokens|maxTokens|invocation_parameters/,
  },
  {
    name: "first token",
    isRead: (span) => span.timeToFirstTokenMs !== undefined,
    sign: /time_to_first|msToFirstChunk|First Token|completion_start_time|mlflow\.chunk\.item\.0|\.ttft/,
  },
  {
    name: "finish",
    isRead: (span) => span.finishReasons !== undefined,
    sign: /finish_?[rR]easons?|stop_reason/,
  },
  {
    name: "documents",
    isRead: (span) => span.documents !== undefined,
    sign: /retrieval\.documents|"documents\\"|db\.query\.result|page_content|pageContent|ai\.ranking/,
  },
  {
    name: "embeddings",
    isRead: (span) => span.embeddings !== undefined,
    sign: /embedding\.text|ai\.embeddings?"|ai\.values?"|EmbeddingEndEvent|"embedding\\": \[/,
  },
  {
    name: "session",
    isRead: (span) => span.sessionId !== undefined,
    sign: /session[._]?[iI]d|conversation[._]id|thread_id/,
  },
  { name: "user", isRead: (span) => span.userId !== undefined, sign: /"user[._]?id|\.user[._]?[iI]d"/ },
  { name: "tags", isRead: (span) => span.tags !== undefined, sign: /tag\.tags|\.tags"/ },
  {
    name: "agent",
    isRead: (span) => span.agentName !== undefined,
    sign: /agent\.name|agent_name|crewai\.agent\.role/,
  },
  {
    name: "errors",
    isRead: (span) => span.error !== undefined,
    sign: /"code": ?(2|"STATUS_CODE_ERROR")|exception\.message/,
  },
];

/** What one instrumentation's captures show: `yes` it is read, `no` it is sent and not read, `not sent`. */
export interface CoverageRow {
  instrumentation: string;
  /** Package versions, as the captures' README says them. */
  versions: string;
  /** Names of the dialects that read it. */
  dialects: string[];
  captureCount: number;
  cells: ("yes" | "no" | "not sent")[];
}

/** The captures that have a table, by instrumentation (those made by hand by case), sorted; from the files alone. */
export function readCoverage(): CoverageRow[] {
  const groups = new Map<string, { texts: string[]; spans: SpanExpectation[] }>();
  for (const { name, requestPath, spans } of readExpectations()) {
    const instrumentation = instrumentationOf(name);
    const group = groups.get(instrumentation) ?? { texts: [], spans: [] };
    const logs = join(dirname(requestPath), "logs.json");
    group.texts.push(readFileSync(requestPath, "utf8"), existsSync(logs) ? readFileSync(logs, "utf8") : "");
    group.spans.push(...spans);
    groups.set(instrumentation, group);
  }
  const versions = readVersions();
  return [...groups].map(([instrumentation, { texts, spans }]) => ({
    instrumentation,
    versions: versions.get(instrumentation.split("/")[0] ?? "") ?? "",
    dialects: [...new Set(spans.flatMap((span) => span.dialects ?? []))],
    captureCount: texts.length / 2,
    cells: FIELDS.map(({ isRead, sign }) => {
      if (spans.some(isRead)) return "yes";
      return texts.some((text) => sign.test(text)) ? "no" : "not sent";
    }),
  }));
}

function instrumentationOf(capture: string): string {
  return capture.startsWith("handmade/") ? capture : (capture.split("/")[0] ?? capture);
}

/** Per folder, each package named with a version in the text of its section. */
function readVersions(): Map<string, string> {
  const readme = readFileSync(join(FIXTURES, "README.md"), "utf8");
  const versions = new Map<string, string>();
  for (const section of readme.split(/^## /m).slice(1)) {
    const [name = "", ...lines] = section.split("\n");
    const prose = lines.filter((line) => !line.startsWith("|")).join(" ");
    // A package's name stands between backticks or has a hyphen; a version may follow, or be a commit of the source.
    const named = [...prose.matchAll(/(?:`([^`\s]+)`|\b([a-z]+(?:-[a-z0-9]+)+)) v?(\d+\.\d+(?:[.\w]*\w)?)/g)];
    const source = /\bREAL (?:code|spans of \w+) at v?([\w.+]+\w)/.exec(prose)?.[1];
    const found = named.map(([, quoted, plain, version]) => `${quoted ?? plain} ${version}`);
    if (source !== undefined) found.unshift(`${name.trim()} ${source}`);
    versions.set(name.trim(), [...new Set(found)].join(", "));
  }
  return versions;
}

/** Captures that nobody has written a table for yet. */
function unreadCaptures(): string[] {
  const read = new Set(readExpectations().map(({ name }) => name));
  return captureFolders()
    .map((folder) => relative(FIXTURES, folder))
    .filter((name) => !read.has(name));
}

/** The generated part of docs/conventions.md, Markdown as the formatter would have it. */
export function renderCoverage(): string {
  const rows = readCoverage();
  const table = renderTable(
    ["Captures of", ...FIELDS.map(({ name }) => name)],
    rows.map(({ instrumentation, cells }) => [
      instrumentation,
      ...cells.map((cell) => (cell === "not sent" ? "–" : cell)),
    ]),
  );
  const sources = renderTable(
    ["Captures of", "Cases", "Read by", "Versions"],
    rows.map(({ instrumentation, captureCount, dialects, versions }) => [
      instrumentation,
      String(captureCount),
      dialects.join(", ") || "none",
      instrumentation.startsWith("handmade/") ? "written from the sources" : versions,
    ]),
  );
  const unread = unreadCaptures();
  const rest = unread.length === 0 ? "" : `\nNot in the tables yet: ${unread.join(", ")}.\n`;
  return `${table}\n${sources}${rest}`;
}

function renderTable(head: string[], rows: string[][]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  return line(head) + line(widths.map((width) => "-".repeat(width))) + rows.map(line).join("");
}
