import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { splitRun } from "../normalise/read-message-events.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { textMessage } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * CrewAI: its own telemetry (`Crew Created`, `Task Execution`, `Tool Usage`), the `crewai.*` names that OpenLLMetry's
 * instrumentation writes of a crew, its tasks and its agents, and the outputs of tasks that OpenInference's has.
 *
 * @see https://docs.crewai.com/en/telemetry
 */
export const crewai: Dialect = { name: "crewai", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return (
    keys.hasFamily("crewai") ||
    keys.has("crewai_version") ||
    /^(crewai\.telemetry|(opentelemetry|openinference)\.instrumentation\.crewai)/.test(scope)
  );
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(span, attrs);
  const fields: Partial<LlmFields> = {
    kind,
    agentName: take.text("crewai.agent.role", "crewai.task.agent", "tool.agent_role"),
    tool: readToolText(attrs),
    usage: readUsage(take),
  };
  const tools = take.json("crewai.agent.tools", "crewai.task.tools");
  if (Array.isArray(tools)) fields.tools = readTools(tools);
  if (kind === "TOOL") {
    const name = take.text("tool_name");
    fields.tool = compact({ ...fields.tool, name });
    if (name !== undefined) fields.displayName = name;
  }
  const asked = take.json("crewai.task.description", "formatted_description", "crew_inputs");
  if (isFilled(asked)) fields.input = payloadOf(asked);
  const answered = take.json("crewai.crew.result", "task_output", "crew_output");
  if (isFilled(answered)) fields.output = payloadOf(answered);
  fields.displayName ??= readStepName(span);
  const withheld = kind === undefined ? readTaskText(attrs, fields) : undefined;
  const fallback: Partial<LlmFields> = kind === undefined ? readTaskRun(attrs) : {};
  // An agent's model is that of the calls below it.
  const model = take.text("crewai.agent.llm");
  if (model !== undefined) fallback.requestModel = model;
  return { fields, fallback, withheld, claimed: take.claimed, notes: take.notes };
}

/** OpenInference's names a crew or flow that nobody named by its id: `Flow_aedeef8b-….kickoff`. */
const NAMED_BY_ID = /^(Crew|Flow)_[0-9a-f]{8}-[0-9a-f-]{27}\.(\w+)$/;

function readStepName({ name }: WireSpan): string | undefined {
  const [, owner, step] = NAMED_BY_ID.exec(name) ?? [];
  return step === undefined ? undefined : `${owner}.${step}`;
}

/**
 * What an agent was asked and answered: OpenInference writes all that the agent is (`{agent, context, tools}`), and the
 * whole task when it is done. Of one that failed the task is not told, and what the agent is was no input.
 */
function readTaskText(attrs: AttributeReader, fields: Partial<LlmFields>): (keyof LlmFields)[] | undefined {
  const given = attrs.json("input.value");
  if (!isRecord(given) || !isRecord(given["agent"])) return undefined;
  const done = attrs.json("output.value");
  const task = isRecord(done) ? done : {};
  const asked = textOf(task["description"]) ?? textOf(given["context"]);
  const answered = textOf(task["raw"]);
  if (answered !== undefined) fields.output = payloadOf(answered);
  if (asked !== undefined) fields.input = payloadOf(asked);
  return asked === undefined ? ["input"] : undefined;
}

/** What an agent made of its task, whole: `{description, raw, messages}`, with all that was said where it is known. */
function readTaskRun(attrs: AttributeReader): Partial<LlmFields> {
  const task = attrs.json("output.value");
  if (!isRecord(task) || typeof task["description"] !== "string" || typeof task["raw"] !== "string")
    return {};
  const said = splitRun(Array.isArray(task["messages"]) ? readMessages(task["messages"], "user") : []);
  return {
    inputMessages: said.input.length > 0 ? said.input : textMessage(task["description"], "user"),
    outputMessages: said.output.length > 0 ? said.output : textMessage(task["raw"], "assistant"),
  };
}

const NAMES: [RegExp, SpanKind][] = [
  [/^(Tool Usage|Tool Repeated Usage|Tool Usage Error)$/, "TOOL"],
  [/^(Crew|Task|Flow) /, "CHAIN"],
];

/** The operation of every span of a crew is `invoke_agent`, of its tasks' and its own too. */
function readKind(span: WireSpan, attrs: AttributeReader): SpanKind | undefined {
  if (attrs.keysWithPrefix("crewai.agent.").length > 0) return "AGENT";
  const isWork = ["crewai.task.", "crewai.crew.", "crewai.flow."].some(
    (prefix) => attrs.keysWithPrefix(prefix).length > 0,
  );
  return isWork ? "CHAIN" : NAMES.find(([name]) => name.test(span.name))?.[1];
}

/** What the model is told of a tool: its name and its arguments once more, and last what it does. */
function readToolText(attrs: AttributeReader): LlmFields["tool"] {
  const told = /^Tool Name: [\s\S]*\nTool Description: ([\s\S]+)$/.exec(attrs.text("tool.description") ?? "");
  return told?.[1] === undefined ? undefined : { description: told[1] };
}

/** The sum over the crew's calls, as Python writes it: `{'total_tokens': 12, …}` or `total_tokens=12 …`. */
function readUsage(take: AttributeTaker): Usage {
  const key = ["crewai.crew.usage_metrics", "crewai.crew.token_usage"].find((each) => take.attrs.has(each));
  if (key === undefined) return {};
  const value = jsonOf(take.attrs.get(key));
  const text = isRecord(value) ? undefined : textOf(value)?.slice(0, 2_000);
  const pairs = [...(text ?? "").matchAll(/['"]?(\w+)['"]?\s*[:=]\s*(\d+)/g)].map(([, name, count]) => [
    name,
    Number(count),
  ]);
  const usage = readUsageObject(isRecord(value) ? value : Object.fromEntries(pairs));
  if (Object.keys(usage).length > 0) take.claim(key);
  return usage;
}

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  return !(isRecord(value) && Object.keys(value).length === 0);
}
