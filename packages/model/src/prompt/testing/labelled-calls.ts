import { promptTextOf } from "../pattern.ts";
import { createRandom, valueOf } from "./fill-values.ts";
import { LABELLED_TEMPLATES, type LabelledTemplate } from "./labelled-prompts.ts";
import { LEXICON, type Lexicon } from "./lexicon.ts";

/** A prompt, and what it was made from. */
export interface LabelledCall {
  text: string;
  template: string;
  version: string;
  timeMs: number;
}

const DAY_MS = 86_400_000;
const MIN_CALLS = 20;

/**
 * Calls of labelled templates over two weeks, in order of time: each version begins a while before the one before it ends, as when a
 * change is rolled out, and some templates are called ten times as often as others. A prompt with and one without an
 * optional section are worded differently, and so of two versions.
 *
 * @param maxCalls of a version.
 */
export function labelledCalls(
  seed = 1,
  templates: readonly LabelledTemplate[] = LABELLED_TEMPLATES,
  lexicon: Lexicon = LEXICON,
  maxCalls = 200,
): LabelledCall[] {
  const random = createRandom(seed);
  const calls: LabelledCall[] = [];
  for (const template of templates) {
    const versions = versionsOf(template);
    const spanMs = (14 * DAY_MS) / (template.atOnce ? 1 : versions.length);
    for (const [index, version] of versions.entries()) {
      const count = template.calls ?? MIN_CALLS + Math.floor(random() ** 3 * (maxCalls - MIN_CALLS));
      for (let i = 0; i < count; i++) {
        const startMs = template.atOnce || index === 0 ? 0 : index * spanMs - 0.01 * spanMs;
        const { text, section } = fill(version, lexicon, random);
        calls.push({
          text,
          template: template.name,
          version: `${template.name} ${index + 1}${section}`,
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

/** The prompt, and ` with` or ` without` where it has an optional section. */
function fill(
  { system, user }: LabelledTemplate,
  lexicon: Lexicon,
  random: () => number,
): { text: string; section: string } {
  const given = new Map<string, string>();
  let section = "";
  const put = (text: string): string =>
    text
      .replace(/\[\[([\s\S]*?)\]\]/g, (_, optional: string) => {
        const isThere = random() < 0.5;
        section += isThere ? " with" : " without";
        return isThere ? optional : "";
      })
      .replace(/\{(\w+)\}/g, (_, name: string) => {
        let value = given.get(name);
        if (value === undefined) given.set(name, (value = valueOf(name.replace(/\d$/, ""), lexicon, random)));
        return value;
      });
  const messages = [
    ...(system === undefined ? [] : [{ role: "system", text: put(system) }]),
    ...(user === undefined ? [] : [{ role: "user", text: put(user) }]),
  ];
  return {
    text: promptTextOf(messages.map(({ role, text }) => ({ role, parts: [{ type: "text", text }] }))),
    section,
  };
}
