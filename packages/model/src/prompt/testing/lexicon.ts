import { readFileSync } from "node:fs";

/** What labelled prompts are filled with. */
export interface Lexicon {
  words: Record<string, readonly string[]>;
  labels: readonly string[];
  sentenceStarts: readonly string[];
  predicates: readonly string[];
  questionStarts: readonly string[];
  verbs: readonly string[];
  objects: readonly string[];
  /** Sentences, paragraphs and code: texts of this repository that do not change. */
  sentences: readonly string[];
  paragraphs: readonly string[];
  code: readonly string[];
}

const ROOT = new URL("../../../../../", import.meta.url);
const readText = (name: string): string => readFileSync(new URL(name, ROOT), "utf8");

export const LEXICON: Lexicon = {
  words: {
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
  },
  labels: [
    "refund",
    "delivery",
    "login",
    "invoice",
    "complaint",
    "search",
    "lookup",
    "calculator",
    "weather",
  ],
  sentenceStarts: [
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
  ],
  predicates: [
    "cannot be opened",
    "is not what was ordered",
    "was sent twice",
    "costs more than before",
    "has no end date",
    "went missing",
    "opens twice",
    "was paid in another currency",
  ],
  questionStarts: [
    "How do I",
    "Where can I",
    "Why does it not",
    "What happens when I",
    "Can you tell me how to",
    "When will you",
  ],
  verbs: ["reset", "cancel", "export", "connect", "rename", "share", "delete", "find", "renew", "compare"],
  objects: [
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
  ],
  ...readTexts(
    [
      "LICENSE",
      ...decisions(
        "0001-derive-on-read",
        "0002-trace-summaries",
        "0003-attribute-json-form",
        "0004-no-remote-images",
        "0005-rows-through-a-file",
        "0006-plain-css",
      ),
    ],
    ["0001-spans-and-traces", "0006-prompts"],
  ),
};

/** Other words and other texts. */
export const OTHER_LEXICON: Lexicon = {
  words: {
    product: ["Quill", "Ember Desk", "Tarn", "Vela 3"],
    plan: ["basic", "plus", "campus"],
    language: ["Spanish", "Italian", "Polish", "Korean", "Swiss German"],
    dialect: ["MySQL", "DuckDB", "SQL Server", "Oracle"],
    name: ["Fatima Haddad", "Goran", "Hana", "Ivo de Vries", "Jun", "Kwame Mensah", "Lena"],
    city: ["Graz", "Porto Alegre", "Oslo", "Busan", "Leeds", "San José"],
    company: ["Fjord Homes", "Alder", "Basalt and Daughters", "Copper Lane"],
    topic: ["bread", "garden design", "old maps", "bicycles", "music theory", "tax law"],
    tone: ["dry", "cheerful", "old-fashioned and slow"],
    role: ["lighthouse keeper", "baker", "train driver", "judge", "retired botanist"],
    email: ["hana@example.net", "goran@example.com", "office@alder.example"],
  },
  labels: ["heating", "roof", "noise", "lift", "garden", "keys", "parking", "post"],
  sentenceStarts: [
    "Since we moved in,",
    "My neighbour says that",
    "I was told that",
    "Yesterday",
    "To be honest,",
    "The letter states that",
    "Nobody knew that",
  ],
  predicates: [
    "does not close",
    "was never repaired",
    "is colder than promised",
    "makes a noise at night",
    "has been locked",
    "was counted twice",
    "smells of smoke",
  ],
  questionStarts: [
    "Could you tell me whether I may",
    "Who pays when I",
    "Is it true that I must",
    "What should I do before I",
    "How long does it take to",
    "Please help me to",
  ],
  verbs: ["repair", "paint", "sublet", "replace", "report", "move", "sell", "lock"],
  objects: [
    "the kitchen window",
    "the meter in the cellar",
    "my second key",
    "the old stove",
    "a shelf on the landing",
    "the bicycle room",
    "the balcony door",
  ],
  ...readTexts(
    [
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      ...decisions(
        "0007-logs-beside-spans",
        "0010-calls-are-priced-with-summaries",
        "0011-parts-of-a-prompt",
        "0012-prompt-templates-at-ingest",
      ),
    ],
    ["0002-logs", "0003-costs", "0004-annotations"],
  ),
};

function decisions(...names: string[]): string[] {
  return names.map((name) => `docs/decisions/${name}.md`);
}

function readTexts(
  pages: readonly string[],
  schema: readonly string[],
): Pick<Lexicon, "sentences" | "paragraphs" | "code"> {
  const text = pages.map(readText).join("\n\n");
  return {
    sentences: text
      .replace(/[#|`*]/g, "")
      .split(/(?<=[.!?])\s+|\n+/)
      .map((sentence) => sentence.trim())
      .filter((sentence) => sentence.length > 25 && sentence.length < 220),
    paragraphs: text.split(/\n\n+/).filter((paragraph) => paragraph.length > 80 && paragraph.length < 1500),
    code: schema.map((name) => readText(`packages/server/src/store/schema/${name}.ts`)),
  };
}
