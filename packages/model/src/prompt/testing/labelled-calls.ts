import { readFileSync } from "node:fs";
import { promptTextOf } from "../pattern.ts";
import { LABELLED_TEMPLATES, type LabelledTemplate } from "./labelled-prompts.ts";

/** A prompt, and what it was made from. */
export interface LabelledCall {
  text: string;
  template: string;
  version: string;
  timeMs: number;
}

const DAY_MS = 86_400_000;
const ROOT = new URL("../../../../../", import.meta.url);
const readText = (name: string): string => readFileSync(new URL(name, ROOT), "utf8");
const DECISIONS = [
  "0001-derive-on-read",
  "0002-trace-summaries",
  "0003-attribute-json-form",
  "0004-no-remote-images",
  "0005-rows-through-a-file",
  "0006-plain-css",
];
const SCHEMA = ["0001-spans-and-traces", "0006-prompts"];

/** Pages and code to fill in: texts of this repository that do not change. */
const PAGES = ["LICENSE", ...DECISIONS.map((name) => `docs/decisions/${name}.md`)].map(readText).join("\n\n");
const CODE = SCHEMA.map((name) => readText(`packages/server/src/store/schema/${name}.ts`));

/** A small generator (mulberry32): the same numbers for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Calls of every labelled template over two weeks: each version begins a while before the one before it ends, as when a
 * change is rolled out, and some templates are called ten times as often as others. In order of time.
 */
export function labelledCalls(seed = 1): LabelledCall[] {
  const random = createRandom(seed);
  const calls: LabelledCall[] = [];
  for (const template of LABELLED_TEMPLATES) {
    const versions = versionsOf(template);
    const spanMs = (14 * DAY_MS) / versions.length;
    for (const [index, version] of versions.entries()) {
      const count = 20 + Math.floor(random() ** 3 * 180);
      for (let i = 0; i < count; i++) {
        const startMs = index * spanMs - (index > 0 ? 0.01 * spanMs : 0);
        calls.push({
          text: fill(version, random),
          template: template.name,
          version: `${template.name} ${index + 1}`,
          timeMs: Math.round(startMs + random() * spanMs),
        });
      }
    }
  }
  return calls.sort((a, b) => a.timeMs - b.timeMs);
}

/** The same calls in another order: what was asked last may come first. */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}

export function versionsOf(template: LabelledTemplate): LabelledTemplate[] {
  const versions = [template];
  for (const [from, to] of template.edits ?? []) {
    const last = versions.at(-1) as LabelledTemplate;
    const edit = (text: string | undefined): string | undefined => text?.replace(from, to);
    const next: LabelledTemplate = { name: template.name };
    const [system, user] = [edit(last.system), edit(last.user)];
    if (system !== undefined) next.system = system;
    if (user !== undefined) next.user = user;
    if (system === last.system && user === last.user)
      throw new Error(`${template.name}: "${from}" is not there`);
    versions.push(next);
  }
  return versions;
}

function fill({ system, user }: LabelledTemplate, random: () => number): string {
  const given = new Map<string, string>();
  const put = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      let value = given.get(name);
      if (value === undefined) given.set(name, (value = valueOf(name.replace(/\d$/, ""), random)));
      return value;
    });
  const messages = [
    ...(system === undefined ? [] : [{ role: "system", text: put(system) }]),
    ...(user === undefined ? [] : [{ role: "user", text: put(user) }]),
  ];
  return promptTextOf(messages.map(({ role, text }) => ({ role, parts: [{ type: "text", text }] })));
}

const WORDS: Record<string, readonly string[]> = {
  product: ["Atlas", "Beacon", "Harbour Pro", "Kiln"],
  plan: ["free", "team", "enterprise"],
  language: ["English", "German", "French", "Japanese", "Brazilian Portuguese", "Turkish"],
  dialect: ["PostgreSQL", "ClickHouse", "SQLite"],
  name: ["Ann", "Bob Tanaka", "Chidi", "María José", "Dagny Olsen", "Eve"],
  city: ["Lisbon", "Ulm", "New York", "Kyoto", "Accra"],
  company: ["Northwind", "Larkspur Travel", "Oak & Sons", "Meridian"],
  topic: ["linear algebra", "chemistry", "logistics", "renewable energy", "grammar"],
  tone: ["playful", "sober", "warm and personal"],
  role: ["data engineer", "nurse", "front-end developer", "accountant"],
  email: ["ann@example.com", "b.tanaka@example.org", "orders@northwind.example", "eve@example.net"],
};
const LABELS = [
  "refund",
  "delivery",
  "login",
  "invoice",
  "complaint",
  "search",
  "lookup",
  "calculator",
  "weather",
];
const SENTENCE_STARTS = [
  "The customer says that",
  "We found that",
  "It seems that",
  "My first request is that",
  "Please note that",
  "Nobody told us that",
  "On the phone I heard that",
  "Last week",
  "As far as I can see,",
  "According to the log,",
];
const PREDICATES = [
  "cannot be opened",
  "is not what was ordered",
  "was sent twice",
  "costs more than before",
  "has no end date",
  "went missing",
  "opens twice",
  "was paid in another currency",
];
const QUESTION_STARTS = [
  "How do I",
  "Where can I",
  "Why does it not",
  "What happens when I",
  "Can you tell me how to",
  "When will you",
];
const VERBS = [
  "reset",
  "cancel",
  "export",
  "connect",
  "rename",
  "share",
  "delete",
  "find",
  "renew",
  "compare",
];
const OBJECTS = [
  "my password",
  "the last order",
  "a project of another team",
  "the invoice for March",
  "my calendar",
  "two accounts",
  "the trial",
  "an old report",
  "the webhook",
  "my seat on the morning train",
];

function valueOf(kind: string, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const question = (): string =>
    `${pick(QUESTION_STARTS)} ${pick(VERBS)} ${pick(OBJECTS)}${random() < 0.5 ? "" : ` after ${pick(OBJECTS)} ${pick(["failed", "was changed", "arrived"])}`}${random() < 0.85 ? "?" : ""}`;
  const known = WORDS[kind];
  if (known) return pick(known);
  switch (kind) {
    case "date":
      return `2026-11-${String(int(1, 28)).padStart(2, "0")}`;
    case "time":
      return `2026-11-${int(10, 28)}T${String(int(0, 23)).padStart(2, "0")}:${int(10, 59)}:00Z`;
    case "number":
      return String(int(2, 12));
    case "id":
      return int(1_000_000, 9_999_999).toString(16);
    case "labels":
      return LABELS.filter(() => random() < 0.5).join(", ") || "other";
    case "question":
      return question();
    case "sentence":
      return `${pick(SENTENCE_STARTS)} ${pick(OBJECTS)} ${pick(PREDICATES)} since ${int(1, 28)} ${pick(["March", "May", "August", "November"])}.`;
    case "paragraph":
      return sentences(int(2, 5), random);
    case "history":
      return Array.from(
        { length: int(1, 6) },
        () => `Human: ${question()}\nAssistant: ${sentences(1, random)}`,
      ).join("\n");
    case "list":
      return Array.from({ length: int(1, 7) }, (_, i) => `${i + 1}. ${sentences(1, random)}`).join("\n");
    case "tools":
      return LABELS.slice(0, int(2, 5))
        .map((name) => `${name}: ${sentences(1, random)}`)
        .join("\n");
    case "schema":
      return `CREATE TABLE ${pick(LABELS)}_${int(1, 99)} (\n  id INTEGER,\n  ${pick(VERBS)}_at TIMESTAMP,\n  ${pick(LABELS)} TEXT\n)`;
    case "code": {
      const lines = pick(CODE).split("\n");
      const from = int(0, Math.max(0, lines.length - 6));
      return lines
        .slice(from, from + int(3, 40))
        .join("\n")
        .trim();
    }
    case "page":
      return page(int(500, 12_000), random);
    default:
      throw new Error(`no value for {${kind}}`);
  }
}

const SENTENCES = PAGES.replace(/[#|`*]/g, "")
  .split(/(?<=[.!?])\s+|\n+/)
  .map((sentence) => sentence.trim())
  .filter((sentence) => sentence.length > 25 && sentence.length < 220);

function sentences(count: number, random: () => number): string {
  return Array.from({ length: count }, () => SENTENCES[Math.floor(random() * SENTENCES.length)]).join(" ");
}

const PARAGRAPHS = PAGES.split(/\n\n+/).filter(
  (paragraph) => paragraph.length > 80 && paragraph.length < 1500,
);

/** Paragraphs as a search finds them: the same one may come again, beside others. */
function page(length: number, random: () => number): string {
  const found: string[] = [];
  for (let size = 0; size < length; size += found.at(-1)?.length ?? length)
    found.push(PARAGRAPHS[Math.floor(random() * PARAGRAPHS.length)] as string);
  return found.join("\n\n");
}
