/** What the scripted model is asked, whichever of the two APIs it came by. */
export interface ScriptedRequest {
  messages: ScriptedMessage[];
  tools: ScriptedTool[];
  /** A name: that tool must be called. */
  toolChoice: "auto" | "none" | "required" | { name: string };
  /** Whether several calls may be made at once. */
  parallelToolCalls: boolean;
  /** The answer is to be JSON: of this schema, or (`true`) of any. */
  json?: JsonSchema | true;
}

export interface ScriptedMessage {
  role: "system" | "user" | "assistant" | "tool";
  text: string;
  /** Of an assistant. */
  toolCalls?: ScriptedToolCall[];
  /** Of a tool: the call that this answers. */
  toolCallId?: string;
  /** Pictures beside the text, which the model cannot see but counts. */
  imageCount?: number;
}

export interface ScriptedToolCall {
  id: string;
  name: string;
  /** JSON. */
  arguments: string;
}

export interface ScriptedTool {
  name: string;
  description: string;
  parameters: JsonSchema;
}

/** What the model says: text or calls. */
export interface ScriptedReply {
  text: string;
  toolCalls: { name: string; arguments: string }[];
}

/** The parts of JSON schema that arguments are filled by. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  format?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}
