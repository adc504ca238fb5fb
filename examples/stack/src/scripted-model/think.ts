import { listTerms, listWords } from "../terms.ts";
import { chooseTools } from "./choose-tools.ts";
import { composeAnswer, couldAnswer, type AnswerStyle } from "./compose-answer.ts";
import { fillSchema, findQuery, hasQuery, type Material } from "./fill-schema.ts";
import { isCut, isToolError, readPassages, type Passage } from "./read-passages.ts";
import type {
  ScriptedMessage,
  ScriptedReply,
  ScriptedRequest,
  ScriptedTool,
  ScriptedToolCall,
} from "./scripted-request.ts";

const MAX_ROUNDS = 4;
const MAX_FACT_CHARS = 400;
const NUMBER_WORDS = ["one", "two", "three", "four", "five", "six"];

/**
 * What the scripted model says to a conversation. It knows nothing of its own: it calls the tools that fit the question,
 * reads their results, calls again when a search found nothing or a passage breaks off, and answers in sentences of
 * what it was shown, or says that it does not know. The same conversation always gets the same reply.
 */
export function think(request: ScriptedRequest): ScriptedReply {
  const asked = request.messages.findLastIndex(({ role }) => role === "user");
  const question = request.messages[asked]?.text ?? "";
  const turn = request.messages.slice(asked + 1);
  const material = gatherMaterial(request.messages, asked);

  const calls = nextCalls(request, turn, material);
  if (calls.length > 0) return { text: "", toolCalls: calls };
  if (typeof request.json === "object")
    return { text: JSON.stringify(fillSchema(request.json, material)), toolCalls: [] };
  const text = answer(request, turn, question, material);
  return { text: request.json ? JSON.stringify({ answer: text }) : text, toolCalls: [] };
}

function nextCalls(
  request: ScriptedRequest,
  turn: ScriptedMessage[],
  material: Material,
): ScriptedReply["toolCalls"] {
  const rounds = turn.filter(({ toolCalls }) => toolCalls && toolCalls.length > 0);
  if (rounds.length === 0) return chooseTools(request, material);
  if (request.toolChoice === "none" || rounds.length >= MAX_ROUNDS) return [];
  const last = turn.slice(turn.lastIndexOf(rounds.at(-1) as ScriptedMessage) + 1);
  const results = last.filter(({ role }) => role === "tool").map(({ text }) => text);
  // A call that was refused is made once more.
  if (results.length > 0 && results.every(isToolError))
    return rounds.length > 1 ? [] : chooseTools(request, material);

  const made = rounds.flatMap(({ toolCalls = [] }) => toolCalls);
  const searches = made.filter(({ name }) => isSearch(request.tools, name));
  if (searches.length === 0) return [];
  const query = readQuery(request.tools, made) ?? material.query;
  const passages = collectPassages(turn);
  const answering = passages.find((passage) => couldAnswer(query, [passage]));
  const reading = readWhole(request.tools, made, answering ?? passages[0]);
  if (reading) return [reading];
  const rephrased = rephrase(query);
  if (answering || searches.length > 1 || rephrased === query) return [];
  const search = request.tools.find(({ name }) => name === searches[0]?.name) as ScriptedTool;
  return [
    {
      name: search.name,
      arguments: JSON.stringify(fillSchema(search.parameters, { ...material, query: rephrased })),
    },
  ];
}

/** The call that reads a passage which is shown only in part; one in a turn. */
function readWhole(
  tools: readonly ScriptedTool[],
  made: readonly ScriptedToolCall[],
  passage: Passage | undefined,
): { name: string; arguments: string } | undefined {
  const reader = findReader(tools);
  if (!reader || passage?.id === undefined || !isCut(passage)) return undefined;
  if (made.some(({ name }) => name === reader.tool.name)) return undefined;
  return { name: reader.tool.name, arguments: JSON.stringify({ [reader.property]: passage.id }) };
}

function isSearch(tools: readonly ScriptedTool[], name: string): boolean {
  return tools.some((tool) => tool.name === name && hasQuery(tool.parameters));
}

/** What the turn's first search looked for: what its passages are to answer. */
function readQuery(tools: readonly ScriptedTool[], made: readonly ScriptedToolCall[]): string | undefined {
  const search = made.find(({ name }) => isSearch(tools, name));
  if (!search) return undefined;
  try {
    return findQuery(JSON.parse(search.arguments) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** A tool that takes an id and nothing else that it must have: it reads what a search only showed. */
function findReader(tools: readonly ScriptedTool[]): { tool: ScriptedTool; property: string } | undefined {
  for (const tool of tools) {
    const [property, ...others] = tool.parameters.required ?? [];
    if (property !== undefined && others.length === 0 && /(^|_)id$/i.test(property))
      return { tool, property };
  }
  return undefined;
}

function answer(
  { messages, tools }: ScriptedRequest,
  turn: readonly ScriptedMessage[],
  question: string,
  material: Material,
): string {
  const style = readStyle(messages);
  const passages = collectPassages(turn);
  // What a tool says without passages (the time, the weather) is told as it is.
  const facts = passages.filter(
    ({ id, title, text }) => id === undefined && title === "" && text.length < MAX_FACT_CHARS,
  );
  const sources = passages.filter((passage) => !facts.includes(passage));
  const told = facts.map(({ text }) => text.replace(/[^.!?]$/, "$&.")).join(" ");
  if (turn.some(({ role }) => role === "tool")) {
    const query =
      readQuery(
        tools,
        turn.flatMap(({ toolCalls = [] }) => toolCalls),
      ) ?? material.query;
    const found = composeAnswer(query, preferWhole(sources), style);
    if (found !== undefined) return [told, found].filter(Boolean).join(" ");
    if (told !== "" && sources.length === 0) return told;
    return [told, admitIgnorance(sources, style)].filter(Boolean).join(" ");
  }
  const context = readContext(messages, question);
  if (context.length > 0) return composeAnswer(question, context, style) ?? admitIgnorance([], style);
  return tools.length > 0
    ? "I am scripted-1, a scripted model, and none of my tools fits this question."
    : `I am scripted-1, a scripted model without knowledge of its own: I answer from tools and from texts that I am given. You said: ${JSON.stringify(question.slice(0, 200))}`;
}

function admitIgnorance(passages: readonly Passage[], { cites }: AnswerStyle): string {
  const [closest] = passages;
  const hint =
    closest === undefined
      ? ""
      : ` The closest that I found is ${closest.title || "a passage"}${cites && closest.id !== undefined ? ` [${closest.id}]` : ""}.`;
  return `I do not know: what I found does not answer this.${hint}`;
}

/** A passage that was read whole replaces the beginning of it that a search showed. */
function preferWhole(passages: readonly Passage[]): Passage[] {
  const whole = new Map(
    passages.filter((passage) => !isCut(passage)).map((passage) => [passage.id, passage]),
  );
  return [...new Set(passages.map((passage) => whole.get(passage.id) ?? passage))];
}

function collectPassages(turn: readonly ScriptedMessage[]): Passage[] {
  return turn
    .filter(({ role, text }) => role === "tool" && !isToolError(text))
    .flatMap(({ text }) => readPassages(text));
}

/** Long paragraphs of the instructions and the question, as an application without tools puts its documents there. */
function readContext(messages: readonly ScriptedMessage[], question: string): Passage[] {
  return messages
    .filter(({ role }) => role === "system" || role === "user")
    .flatMap(({ text }) => text.split(/\n\s*\n/))
    .filter((paragraph) => paragraph.length > 80 && paragraph !== question)
    .map((text) => ({ title: "", text }));
}

/** What the instructions say of how to answer. */
function readStyle(messages: readonly ScriptedMessage[]): AnswerStyle {
  const system = messages
    .filter(({ role }) => role === "system")
    .map(({ text }) => text)
    .join("\n");
  const [, limit = ""] = /at most (\w+) sentences?/i.exec(system) ?? [];
  const number = NUMBER_WORDS.indexOf(limit.toLowerCase()) + 1 || Number(limit) || 4;
  return { cites: /\bcite\b/i.test(system), maxSentences: Math.min(6, Math.max(1, number)) };
}

function gatherMaterial(messages: readonly ScriptedMessage[], asked: number): Material {
  const question = messages[asked]?.text ?? "";
  let query = toQuery(question);
  // "And how do I change it?" asks about what was asked before.
  if (/\b(it|its|that|this|they|them|there)\b/i.test(question) && listTerms(question).length < 3) {
    const before = messages.slice(0, asked).findLast(({ role }) => role === "user");
    if (before) query = `${toQuery(before.text)} ${query}`;
  }
  return { question, query, names: findNames(question) };
}

/** The question without the words that carry nothing. */
function toQuery(question: string): string {
  const kept = question
    .split(/\s+/)
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}-]+|[^\p{L}\p{N}]+$/gu, ""))
    .filter((word) => listTerms(word).length > 0);
  return kept.join(" ") || question;
}

/** A second attempt: the longest words, which are the rarest. */
function rephrase(query: string): string {
  const words = listWords(query);
  if (words.length < 3) return query;
  const longest = new Set(words.toSorted((a, b) => b.length - a.length).slice(0, 2));
  return words.filter((word) => longest.has(word)).join(" ");
}

/** Words with a capital that do not begin the sentence, side by side ones together. */
function findNames(question: string): string[] {
  return [...question.matchAll(/(?<=[\p{L}\p{N},;:] +)\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)*/gu)]
    .map(([name]) => name)
    .filter((name) => name !== "I");
}
