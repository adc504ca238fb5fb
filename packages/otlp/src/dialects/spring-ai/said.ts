import { LOG_BODY_ATTRIBUTE } from "@nightowl/model/log/log-record";
import type { Message } from "@nightowl/model/span/message";
import type { SpanEvent } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "../../normalise/read-messages.ts";

/** What Spring AI tells of a span beside it: in events (milestones of 1.0), or in lines of its log (since 1.0). */
export interface Said {
  /** True where events told it: Spring AI then still put the system's words behind what a memory brought. */
  isInEvents?: boolean;
  /** Texts of the prompt, in order, without who said them. */
  prompt?: Text[];
  /** Texts of a chat client's prompt by who said them: one each. */
  promptByRole?: [role: string, text: string][];
  completions?: string[];
  documents?: string[];
}

/** Where a message has no text (the model only called tools, or a tool answered), there is none here either. */
type Text = string | undefined;

/** The first line of a log record's body, and what follows it. */
const LINE =
  /^(Chat Model|Chat Client|Image Model|Vector Store) (Prompt Content|Completion|Query Response):\n/;

export function readSaid(events: readonly SpanEvent[]): Said {
  const said: Said = {};
  for (const event of events) {
    const attrs = new AttributeReader(event.attributes);
    if (event.name === "gen_ai.content.prompt") {
      said.prompt = textsOf(attrs.get("gen_ai.prompt"));
      said.isInEvents = true;
    } else if (event.name === "gen_ai.content.completion")
      said.completions = filled(textsOf(attrs.get("gen_ai.completion")));
    else if (event.name === "db.vector.content.query.response")
      said.documents = filled(textsOf(attrs.get("db.vector.query.content")));
    else if (event.name.startsWith("org.springframework.ai.")) readLine(said, attrs.text(LOG_BODY_ATTRIBUTE));
  }
  return said;
}

function readLine(said: Said, body: string | undefined): void {
  const [start, who, what] = LINE.exec(body ?? "") ?? [];
  if (body === undefined || start === undefined) return;
  const list = body.slice(start.length);
  if (what === "Completion") said.completions = filled(joinedTexts(list));
  else if (what === "Query Response") said.documents = filled(joinedTexts(list));
  else if (who === "Chat Client") said.promptByRole = joinedEntries(list);
  else said.prompt = joinedTexts(list).map(silence);
}

/** A list as an attribute holds it: of texts, or all of them in one text. */
export function textsOf(value: unknown): Text[] {
  if (typeof value === "string") return joinedTexts(value).map(silence);
  return Array.isArray(value)
    ? value.map((each) => (typeof each === "string" ? silence(each) : undefined))
    : [];
}

function silence(text: string): Text {
  return text === "" || text === "null" ? undefined : text;
}

function filled(texts: Text[]): string[] {
  return texts.filter((text) => text !== undefined && text !== "") as string[];
}

/**
 * The texts inside `["one", "two"]` as Spring AI joins them: nothing in them is escaped, so that quotes and commas may be
 * a text's own. A piece that opens a quote and does not close it goes on behind the next comma.
 */
export function joinedTexts(list: string): string[] {
  const inner = /^\["(.*)"\]$/s.exec(list.trim())?.[1];
  if (inner === undefined) return [];
  const texts: string[] = [];
  let open: string | undefined;
  for (const piece of inner.split('", "')) {
    const text = open === undefined ? piece : `${open}", "${piece}`;
    open = text.split('"').length % 2 === 0 ? text : undefined;
    if (open === undefined) texts.push(text);
  }
  return open === undefined ? texts : [...texts, open];
}

/** The members of `["key":"value", "other":"value"]`, joined in the same way. */
export function joinedEntries(list: string): [string, string][] {
  const inner = /^\[(.*)\]$/s.exec(list.trim())?.[1] ?? "";
  const starts = [...inner.matchAll(/(?:^|", )"([\w.-]+)":"/g)];
  return starts.map((match, index) => {
    const end = starts[index + 1]?.index ?? inner.length - 1;
    return [match[1] ?? "", inner.slice(match.index + match[0].length, end)];
  });
}

/**
 * Texts of a prompt as messages. Who spoke is told by their order: users and assistants take turns, the user comes
 * last, and one too many is the system's, which stands first, or (`isSystemLast`) after what a memory brought. Of a
 * tool's turn only the text is there that the model wrote beside its call.
 */
export function promptMessages(texts: readonly Text[], isSystemLast: boolean): Message[] {
  const spoken: { role: string; text: string }[] = [];
  const turns: { role: string; text: string }[] = [];
  for (let index = texts.length - 1; index >= 0; index--) {
    let text = texts[index];
    let role = "";
    if (text === undefined) {
      // The tools' answers, and before them the message that called the tools.
      text = texts[--index];
      role = "assistant";
    }
    if (text === undefined) continue;
    const turn = { role, text };
    spoken.unshift(turn);
    if (role === "") turns.unshift(turn);
  }
  const system = turns.length % 2 === 1 ? undefined : turns.at(isSystemLast ? -2 : 0);
  if (system !== undefined) system.role = "system";
  const others = turns.filter((turn) => turn !== system);
  for (const [index, turn] of others.entries()) turn.role = index % 2 === 0 ? "user" : "assistant";
  return readMessages(
    spoken.map(({ role, text }) => ({ role, content: text })),
    "user",
  );
}

const ORDER = ["system", "assistant", "tool", "user"];

/** A chat client's prompt, which is told without an order. */
export function clientMessages(entries: readonly (readonly [role: string, text: string])[]): Message[] {
  const told = entries.filter(([, text]) => silence(text) !== undefined);
  const messages = told.map(([role, content]) => ({ role, content }));
  return readMessages(
    messages.sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role)),
    "user",
  );
}

/** Each completion is one of the answers that the model gave. `count` is how many there are, where that is known. */
export function completionMessages(texts: readonly string[], count: number): Message[] {
  const answers = count === 1 && texts.length > 1 ? [texts.join('", "')] : texts;
  return readMessages(
    answers.map((content) => ({ role: "assistant", content })),
    "assistant",
  );
}
