/**
 * The one message model that every dialect's conversation is read into.
 * Nothing of a message is dropped: what is not understood becomes a `raw` part.
 */
export interface Message {
  /** `system`, `user`, `assistant`, `tool`; a role nobody knows is kept as it came. `developer` reads as `system`, `model` as `assistant`. */
  role: string;
  name?: string;
  /** On a tool's answer: the id of the call it answers. */
  toolCallId?: string;
  finishReason?: string;
  parts: MessagePart[];
}

/**
 * What senders write where they take a text, a picture or a value out for privacy (OpenInference's word, and ours). In a
 * message it is a `raw` part: nobody said it.
 */
export const REDACTED = "__REDACTED__";

export type MessagePart =
  | { type: "text"; text: string }
  /** `url` is http(s), a `data:` URI, or an external URI such as `s3://`. */
  | { type: "image"; url: string; mimeType?: string; detail?: string }
  | { type: "audio"; url?: string; mimeType?: string; transcript?: string }
  | { type: "file"; url?: string; id?: string; name?: string; mimeType?: string }
  | { type: "reasoning"; text: string; signature?: string; encrypted?: string }
  | ToolCallPart
  | { type: "tool_result"; callId?: string; name?: string; result: unknown; isError?: boolean }
  | { type: "raw"; value: unknown };

/** `arguments` is an object where the JSON parsed, else the text as it came. */
export interface ToolCallPart {
  type: "tool_call";
  id?: string;
  name: string;
  arguments: unknown;
  signature?: string;
}

/** A tool that was offered to the model. `parameters` is its JSON schema. */
export interface ToolDefinition {
  name: string;
  description?: string;
  parameters?: unknown;
  /** The definition as it was sent. */
  raw: unknown;
}
