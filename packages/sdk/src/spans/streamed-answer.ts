import { isFields } from "./message-attributes.ts";

type Fields = Record<string, unknown>;

/** One choice of an OpenAI chat stream, as far as it has come. */
interface Choice {
  content: string;
  reasoning: string;
  refusal: string;
  toolCalls: Map<number, { id: unknown; name: string; arguments: string }>;
  finishReason: unknown;
}

/**
 * Puts a streamed answer together from its pieces, in the shape that the same call has without streaming:
 * OpenAI's chat chunks and Responses events, Anthropic's events, and bare texts.
 */
export class StreamedAnswer {
  #began = false;
  #text: string | undefined;
  #model: unknown;
  #usage: Fields | undefined;
  /** By the index that the pieces name. A map, so that a wild index costs nothing. */
  readonly #choices = new Map<number, Choice>();
  /** Anthropic's message: its content is put in as blocks arrive. */
  #message: Fields | undefined;
  readonly #blocks = new Map<number, Fields>();
  /** OpenAI's response: as it began, or whole once it is there. Until then its items are put in as they arrive. */
  #response: Fields | undefined;
  readonly #items = new Map<number, Fields>();

  /** Takes the next piece. True for the first one that carries something of the answer. */
  add(chunk: unknown): boolean {
    const hasContent = this.#take(chunk);
    if (!hasContent || this.#began) return false;
    this.#began = true;
    return true;
  }

  /** The answer so far: an OpenAI chat completion or response, an Anthropic message, or a text. */
  answer(): unknown {
    if (this.#items.size > 0) {
      return { object: "response", ...this.#response, output: inOrder(this.#items) };
    }
    if (this.#response !== undefined) return this.#response;
    if (this.#message !== undefined) {
      return { ...this.#message, content: inOrder(this.#blocks).map(finishBlock) };
    }
    if (this.#choices.size > 0) {
      return {
        model: this.#model,
        choices: inOrder(this.#choices).map(finishChoice),
        ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      };
    }
    return this.#text;
  }

  #take(chunk: unknown): boolean {
    if (typeof chunk === "string") {
      this.#text = (this.#text ?? "") + chunk;
      return chunk !== "";
    }
    if (!isFields(chunk)) return false;
    if (Array.isArray(chunk["choices"])) return this.#takeChat(chunk, chunk["choices"]);
    const { type } = chunk;
    if (typeof type !== "string") return false;
    return type.startsWith("response.") ? this.#takeResponses(chunk, type) : this.#takeAnthropic(chunk, type);
  }

  #takeChat(chunk: Fields, choices: readonly unknown[]): boolean {
    if (typeof chunk["model"] === "string") this.#model = chunk["model"];
    if (isFields(chunk["usage"])) this.#usage = chunk["usage"];
    let hasContent = false;
    for (const piece of choices) {
      if (!isFields(piece)) continue;
      const index = typeof piece["index"] === "number" ? piece["index"] : 0;
      const choice = at(this.#choices, index, () => ({
        content: "",
        reasoning: "",
        refusal: "",
        toolCalls: new Map(),
        finishReason: undefined,
      }));
      if (typeof piece["finish_reason"] === "string") choice.finishReason = piece["finish_reason"];
      if (takeDelta(choice, piece["delta"] ?? { content: piece["text"] })) hasContent = true;
    }
    return hasContent;
  }

  #takeResponses(event: Fields, type: string): boolean {
    const { response, item: told, delta } = event;
    if (isFields(response)) {
      this.#response = response;
      // The closing events carry the whole.
      if (/^response\.(completed|incomplete|failed)$/.test(type)) this.#items.clear();
    }
    const index = typeof event["output_index"] === "number" ? event["output_index"] : 0;
    if (isFields(told)) this.#items.set(index, { ...told });
    if (!type.endsWith(".delta")) return false;
    const item = at(this.#items, index, () => ({}));
    if (typeof delta === "string") appendToItem(item, type, delta);
    return true;
  }

  #takeAnthropic(event: Fields, type: string): boolean {
    const index = typeof event["index"] === "number" ? event["index"] : this.#blocks.size;
    const { message, content_block: block, delta, usage } = event;
    if (type === "message_start" && isFields(message)) this.#message = { ...message };
    else if (type === "content_block_start" && isFields(block)) {
      this.#blocks.set(index, { ...block, ...(block["type"] === "tool_use" ? { input: "" } : {}) });
    } else if (type === "content_block_delta" && isFields(delta)) {
      const known = at(this.#blocks, index, () => ({}));
      appendDelta(known, delta);
      return true;
    } else if (type === "message_delta") {
      const told = isFields(delta) ? delta : {};
      const counts = { ...fields(this.#message?.["usage"]), ...fields(usage) };
      this.#message = { type: "message", ...this.#message, ...told, usage: counts };
    }
    return false;
  }
}

function at<T>(map: Map<number, T>, index: number, create: () => T): T {
  let found = map.get(index);
  if (found === undefined) map.set(index, (found = create()));
  return found;
}

function inOrder<T>(map: Map<number, T>): T[] {
  return [...map].toSorted(([a], [b]) => a - b).map(([, each]) => each);
}

/** Responses' deltas, put into the shape that the item has when it is done. */
function appendToItem(item: Fields, type: string, delta: string): void {
  if (type === "response.function_call_arguments.delta") item["arguments"] = text(item["arguments"]) + delta;
  else if (type === "response.custom_tool_call_input.delta") item["input"] = text(item["input"]) + delta;
  else if (type === "response.output_text.delta" || type === "response.refusal.delta") {
    const [part = {}] = Array.isArray(item["content"]) ? item["content"].filter(isFields) : [];
    const member = type === "response.refusal.delta" ? "refusal" : "text";
    const kind = member === "text" ? "output_text" : "refusal";
    Object.assign(item, {
      type: "message",
      role: "assistant",
      content: [{ type: kind, [member]: text(part[member]) + delta }],
    });
  }
}

function takeDelta(choice: Choice, delta: unknown): boolean {
  if (!isFields(delta)) return false;
  const content = text(delta["content"]);
  const reasoning = text(delta["reasoning_content"] ?? delta["reasoning"]);
  const refusal = text(delta["refusal"]);
  choice.content += content;
  choice.reasoning += reasoning;
  choice.refusal += refusal;
  const calls = Array.isArray(delta["tool_calls"]) ? delta["tool_calls"].filter(isFields) : [];
  for (const call of calls) {
    const index = typeof call["index"] === "number" ? call["index"] : choice.toolCalls.size;
    const known = at(choice.toolCalls, index, () => ({ id: undefined, name: "", arguments: "" }));
    const inner = fields(call["function"]);
    known.id ??= call["id"];
    known.name += text(inner["name"]);
    known.arguments += text(inner["arguments"]);
  }
  return content !== "" || reasoning !== "" || refusal !== "" || calls.length > 0;
}

function finishChoice({ content, reasoning, refusal, toolCalls, finishReason }: Choice): Fields {
  const calls = inOrder(toolCalls);
  return {
    finish_reason: finishReason,
    message: {
      role: "assistant",
      ...(content === "" ? {} : { content }),
      ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
      ...(refusal === "" ? {} : { refusal }),
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map((call) => ({
              id: call.id,
              function: { name: call.name, arguments: call.arguments },
            })),
          }),
    },
  };
}

/** Anthropic's deltas: each adds to the member of the block that it is named after. */
function appendDelta(block: Fields, delta: Fields): void {
  const append = (member: string, piece: unknown): void => {
    if (typeof piece !== "string") return;
    block[member] = text(block[member]) + piece;
  };
  append("text", delta["text"]);
  append("thinking", delta["thinking"]);
  append("signature", delta["signature"]);
  append("input", delta["partial_json"]);
}

function finishBlock(block: Fields): Fields {
  if (block["type"] !== "tool_use" || typeof block["input"] !== "string") return block;
  try {
    return { ...block, input: block["input"] === "" ? {} : (JSON.parse(block["input"]) as unknown) };
  } catch {
    // The stream broke off inside the arguments.
    return block;
  }
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
