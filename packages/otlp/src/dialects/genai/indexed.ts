import { jsonOf } from "@nightowl/model/span/attribute-reader";
import type { Payload } from "@nightowl/model/span/span";
import { openMessage } from "../../normalise/open-message.ts";
import { toPayload } from "../../normalise/payload.ts";
import { isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** One side of a model call in the names of before 1.37. */
export interface WholeOrIndexed {
  items: unknown[];
  /** A value that is no list of messages. */
  payload?: Payload | undefined;
}

/** As gateways write it, the whole of what went through them is JSON text under a name of its own. */
const PLACES = {
  prompt: { key: "gen_ai.prompt", inJson: "gen_ai.prompt_json", prefix: "gen_ai.prompt." },
  completion: { key: "gen_ai.completion", inJson: "gen_ai.completion_json", prefix: "gen_ai.completion." },
};

/**
 * `gen_ai.prompt` and `gen_ai.completion`: a list in one attribute, flattened keys (`gen_ai.prompt.0.role`), or a
 * request and its response as their framework wrote them.
 */
export function readWholeOrIndexed(take: AttributeTaker, side: "prompt" | "completion"): WholeOrIndexed {
  const { attrs } = take;
  const { key: own, inJson, prefix } = PLACES[side];
  const key = !attrs.has(own) && attrs.has(inJson) ? inJson : own;
  const whole = attrs.get(key);
  const isWhole = whole !== undefined && whole !== null && whole !== "";
  if (!isWhole && !attrs.keysWithPrefix(prefix).some(isIndexed)) return { items: [] };
  if (isWhole && !Array.isArray(jsonOf(whole))) {
    take.claim(key);
    return { items: [], payload: toPayload(whole, undefined).payload };
  }
  const role = side === "prompt" ? "user" : "assistant";
  const items = take.list(key).items.map((item) => message(item, role));
  return { items: side === "prompt" ? items : oneAnswer(items) };
}

/**
 * Older instrumentations of Anthropic and Bedrock write what the model thought as a completion of its own, of the role
 * `thinking` or with nothing but a role, before the answer's.
 */
function oneAnswer(items: readonly unknown[]): unknown[] {
  const answers: unknown[] = [];
  let thought: Record<string, unknown> | undefined;
  for (const [index, item] of items.entries()) {
    const { role, content, ...rest } = isRecord(item) ? item : {};
    const saysNothing = content === undefined && Object.keys(rest).length === 0;
    if (role === "assistant" && saysNothing && index < items.length - 1) continue;
    if (role === "thinking") {
      thought = { ...rest, role: "assistant", reasoning_content: content };
      continue;
    }
    answers.push(isRecord(item) && thought !== undefined ? { ...thought, ...item } : item);
    thought = undefined;
  }
  return thought === undefined ? answers : [...answers, thought];
}

function isIndexed(key: string): boolean {
  return /^gen_ai\.(prompt|completion)\.\d/.test(key);
}

function message(item: unknown, role: string): unknown {
  if (!isRecord(item)) return item;
  // Completions of a bare text have the prompt where the role would be.
  if (item["content"] === undefined && item["user"] !== undefined)
    return { role: "user", content: item["user"] };
  return openMessage({ role, ...item });
}
