import { OTHER_CODE, OTHER_PARAGRAPHS } from "./other-texts.ts";
import { CODE, PARAGRAPHS } from "./texts.ts";

/** What labelled prompts are filled with. */
export interface Lexicon {
  words: Record<string, readonly string[]>;
  labels: readonly string[];
  sentenceStarts: readonly string[];
  predicates: readonly string[];
  questionStarts: readonly string[];
  verbs: readonly string[];
  objects: readonly string[];
  /** The sentences are those of the paragraphs; the code is in blocks, such as functions. */
  sentences: readonly string[];
  paragraphs: readonly string[];
  code: readonly string[];
}

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
  sentences: sentencesOf(PARAGRAPHS),
  paragraphs: PARAGRAPHS,
  code: blocksOf(CODE),
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
  sentences: sentencesOf(OTHER_PARAGRAPHS),
  paragraphs: OTHER_PARAGRAPHS,
  code: blocksOf(OTHER_CODE),
};

function sentencesOf(paragraphs: readonly string[]): string[] {
  return paragraphs
    .flatMap((paragraph) => paragraph.split(/(?<=[.!?])\s+|\n+/))
    .filter((sentence) => sentence.length > 25 && !sentence.startsWith("|"));
}

function blocksOf(files: readonly string[]): string[] {
  return files.flatMap((file) => file.split(/\n\n+/));
}
