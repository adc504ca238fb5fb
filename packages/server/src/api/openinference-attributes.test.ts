import type { Attributes } from "@nightowl/model/span/attributes";
import type { Span } from "@nightowl/model/span/span";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { describe, expect, it } from "vitest";
import { flattenAttributes, toOpenInferenceAttributes } from "./openinference-attributes.ts";

function span(attributes: Attributes): Span {
  return normaliseSpan(wireSpanFixture({ attributes }), { project: "default" });
}

describe("toOpenInferenceAttributes", () => {
  it("leaves flattened OpenInference as it was sent", () => {
    const sent: Attributes = {
      "openinference.span.kind": "LLM",
      "llm.model_name": "m",
      "llm.input_messages.0.message.role": "developer",
      "llm.input_messages.0.message.content": "be kind",
      "llm.token_count.prompt": 3,
      "input.value": "be kind",
      "input.mime_type": "text/plain",
      "session.id": "s",
      "tag.tags": ["a", "b"],
      metadata: '{"k": 1}',
      "odd.key": { "@int": "9007199254740993" },
    };
    const flat = toOpenInferenceAttributes(span(sent));
    expect(flat).toMatchObject({ ...sent, "odd.key": "9007199254740993" });
    // `developer` is read as `system`, but the list that came is not written over.
    expect(Object.keys(flat).filter((key) => key.startsWith("llm.input_messages"))).toHaveLength(2);
  });

  it("flattens OpenInference's lists that came as one JSON text", () => {
    const flat = toOpenInferenceAttributes(
      span({
        "openinference.span.kind": "RETRIEVER",
        "retrieval.documents": '[{"id":"d1","score":0.5,"text":"one"},{"id":"d2","text":"two"}]',
        "llm.input_messages": '[{"role":"user","content":"hi"}]',
      }),
    );
    expect(flat).toMatchObject({
      "retrieval.documents.0.document.id": "d1",
      "retrieval.documents.0.document.score": 0.5,
      "retrieval.documents.0.document.content": "one",
      "retrieval.documents.1.document.content": "two",
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.content": "hi",
    });
    expect(flat["retrieval.documents"]).toContain("d1");
  });

  it("names GenAI's conversation, tools, settings and usage", () => {
    const flat = toOpenInferenceAttributes(
      span({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.conversation.id": "c1",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 4,
        "gen_ai.usage.cache_read.input_tokens": 6,
        "gen_ai.tool.definitions": '[{"type":"function","name":"look","parameters":{}}]',
        "gen_ai.input.messages": JSON.stringify([
          {
            role: "user",
            parts: [
              { type: "text", content: "see" },
              { type: "uri", modality: "image", uri: "https://i.example/a.png" },
            ],
          },
          {
            role: "assistant",
            parts: [
              { type: "text", content: "I look" },
              { type: "tool_call", id: "c1", name: "look", arguments: { at: "sky" } },
            ],
          },
          {
            role: "tool",
            parts: [
              { type: "tool_call_response", id: "c1", response: { seen: "stars" } },
              { type: "tool_call_response", id: "c2", response: "nothing" },
            ],
          },
        ]),
        "gen_ai.output.messages": JSON.stringify([
          {
            role: "assistant",
            parts: [
              { type: "reasoning", content: "hm" },
              { type: "text", content: "stars" },
            ],
            finish_reason: "stop",
          },
        ]),
      }),
    );
    expect(flat).toMatchObject({
      "openinference.span.kind": "LLM",
      "llm.model_name": "gpt-4o-2024-08-06",
      "llm.provider": "openai",
      "session.id": "c1",
      "llm.token_count.prompt": 10,
      "llm.token_count.completion": 4,
      "llm.token_count.total": 14,
      "llm.token_count.prompt_details.cache_read": 6,
      "llm.input_messages.0.message.contents.0.message_content.type": "text",
      "llm.input_messages.0.message.contents.0.message_content.text": "see",
      "llm.input_messages.0.message.contents.1.message_content.type": "image",
      "llm.input_messages.0.message.contents.1.message_content.image.image.url": "https://i.example/a.png",
      "llm.input_messages.1.message.content": "I look",
      "llm.input_messages.1.message.tool_calls.0.tool_call.id": "c1",
      "llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments": '{"at":"sky"}',
      "llm.input_messages.2.message.role": "tool",
      "llm.input_messages.2.message.tool_call_id": "c1",
      "llm.input_messages.2.message.content": '{"seen":"stars"}',
      "llm.input_messages.3.message.tool_call_id": "c2",
      "llm.input_messages.3.message.content": "nothing",
      "llm.output_messages.0.message.contents.0.message_content.type": "reasoning",
      "llm.output_messages.0.message.contents.0.message_content.text": "hm",
      "llm.output_messages.0.message.contents.1.message_content.text": "stars",
      "gen_ai.request.model": "gpt-4o",
    });
    expect(JSON.parse(String(flat["llm.tools.0.tool.json_schema"]))).toMatchObject({ name: "look" });
    expect(JSON.parse(String(flat["llm.invocation_parameters"]))).toMatchObject({ temperature: 0.5 });
    expect(flat).not.toHaveProperty(["llm.input_messages.4.message.role"]);
  });

  it("keys that are a trap for objects stay keys", () => {
    const attributes = JSON.parse('{"__proto__": "p", "constructor": "c"}') as Attributes;
    const flat = toOpenInferenceAttributes(span(attributes));
    expect(Object.hasOwn(flat, "__proto__")).toBe(true);
    expect(JSON.stringify(flat)).toContain('"__proto__":"p"');
    expect(flat["constructor"]).toBe("c");
  });
});

describe("flattenAttributes", () => {
  it("dots maps, numbers lists of maps, and leaves lists of scalars whole", () => {
    const flat = flattenAttributes({
      a: { b: { c: 1 }, d: [1, 2] },
      list: [{ x: 1 }, { x: 2 }, "tail"],
      empty: [],
      nothing: null,
      ratio: { "@double": "17" },
      repeated: { "@kvlist": [["k", "v"]] },
    });
    expect(Object.fromEntries(flat)).toEqual({
      "a.b.c": 1,
      "a.d": [1, 2],
      "list.0.x": 1,
      "list.1.x": 2,
      "list.2": "tail",
      empty: [],
      ratio: 17,
      "repeated.k": "v",
    });
  });
});
