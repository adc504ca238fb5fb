import { MODELS, type Model } from "./models.ts";

/** Somebody who asks the example service. */
export interface Person {
  userId: string;
  /** Share of all sessions. */
  weight: number;
  model: Model;
  /** Where they ask from. */
  channel: "web" | "slack" | "editor" | "ci";
  plan: "free" | "team" | "on-prem";
  /** Hours that their day lies before (−) or after the office's. */
  hoursOff?: number;
  /** Language that some of their sessions are in; English otherwise. */
  language?: string;
  /** How they write. */
  style?: "terse" | "polite";
}

const { mini, large, selfHosted } = MODELS;

export const PEOPLE: readonly Person[] = [
  { userId: "mira", weight: 27, model: mini, channel: "editor", plan: "team", style: "terse" },
  { userId: "tomas", weight: 12, model: mini, channel: "slack", plan: "team" },
  { userId: "anneke", weight: 10, model: mini, channel: "web", plan: "free", style: "polite" },
  { userId: "jun", weight: 8, model: mini, channel: "web", plan: "free", hoursOff: -8, language: "ja" },
  { userId: "priya", weight: 8, model: large, channel: "slack", plan: "team", hoursOff: -4 },
  { userId: "luis", weight: 7, model: mini, channel: "web", plan: "free", hoursOff: 6, language: "es" },
  { userId: "oskar", weight: 7, model: mini, channel: "web", plan: "free", language: "de" },
  { userId: "dana", weight: 6, model: selfHosted, channel: "editor", plan: "on-prem" },
  { userId: "ruth", weight: 5, model: large, channel: "web", plan: "team", style: "polite" },
  { userId: "femi", weight: 4, model: selfHosted, channel: "slack", plan: "on-prem", style: "terse" },
  { userId: "ivan", weight: 3, model: mini, channel: "web", plan: "free", hoursOff: 2 },
  { userId: "kim", weight: 2, model: large, channel: "editor", plan: "team", hoursOff: 8 },
];

/** Asks a few fixed questions every morning on staging, as a check. */
export const SMOKE_TEST: Person = {
  userId: "smoke-test",
  weight: 0,
  model: mini,
  channel: "ci",
  plan: "team",
};

/** A question in the person's own manner of writing. */
export function inStyle(question: string, { style }: Person, dice: number): string {
  if (style === "polite" && dice < 0.6) {
    return dice < 0.3 ? `Hi! ${question}` : `${question} Thank you!`;
  }
  if (style === "terse" && dice < 0.7) return afterColon(question).replace(/\?$/, dice < 0.35 ? "" : "?");
  return question;
}

/** With a small first letter, unless it is a name. */
export function afterColon(question: string): string {
  return question.replace(/^(How|What|Which|Where|Why|Is|Are|Does|Do|Can|Will|My)\b/, (word) =>
    word.toLowerCase(),
  );
}
