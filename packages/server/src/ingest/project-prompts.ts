import { LRUCache } from "lru-cache";
import { declaredPromptOf, type DeclaredPrompt } from "@nightowl/model/prompt/declared-template";
import { TemplateMiner, type MinerChanges } from "@nightowl/model/prompt/mine-templates";
import { promptTextOf, type PromptPattern } from "@nightowl/model/prompt/pattern";
import { createWording, widenTime, type Wording } from "@nightowl/model/prompt/wording";
import type { PromptReference, Span } from "@nightowl/model/span/span";
import { startHour } from "../store/rows.ts";
import type { SpanPlace, StoredTemplate, StoredWording } from "../store/prompt-rows.ts";

/** Calls that wait for their wording to be of a template. */
const WAITING_WORDINGS = 2_000;
const WAITING_CALLS = 64;
const MAX_DECLARED = 2_000;

interface DeclaredVersion {
  wording: Wording;
  label: string;
  /** Finds the pattern from prompts where the template's text was not sent. */
  miner: TemplateMiner | undefined;
}

/** The templates of one project: what its calls are looked up in, and what of it is to be kept. */
export class ProjectPrompts {
  readonly #project: string;
  readonly #miner: TemplateMiner;
  readonly #names = new Map<string, string>();
  /** Declared templates whose versions are told apart by their prompts. */
  readonly #byName = new LRUCache<string, TemplateMiner>({ max: MAX_DECLARED });
  readonly #versions = new LRUCache<string, DeclaredVersion>({ max: MAX_DECLARED });
  readonly #waiting = new LRUCache<string, SpanPlace[]>({ max: WAITING_WORDINGS });
  readonly #changedTemplates = new Set<string>();
  readonly #changedVersions = new Set<DeclaredVersion>();

  constructor(project: string) {
    this.#project = project;
    this.#miner = new TemplateMiner({ scope: project });
  }

  restore(templates: readonly StoredTemplate[], stored: readonly StoredWording[]): void {
    const declared = new Map<string, Wording[]>();
    for (const { templateId, source, name } of templates) {
      this.#names.set(templateId, name);
      if (source === "declared") declared.set(templateId, []);
    }
    const discovered: Wording[] = [];
    for (const { wording, label, mergedInto } of stored) {
      if (mergedInto !== "") continue;
      const list = declared.get(wording.templateId ?? "");
      if (wording.id.startsWith("w")) this.#versions.set(wording.id, { wording, label, miner: undefined });
      else (list ?? discovered).push(wording);
    }
    this.#miner.restore(discovered);
    for (const [templateId, wordings] of declared)
      if (wordings.length > 0) this.#minerOf(templateId).restore(wordings);
  }

  /** The template and version of a call; undefined where it follows none that is known yet. */
  assign(span: Span): PromptReference | undefined {
    const timeMs = Number(span.startTimeNs.slice(0, -6)) || 0;
    const declared = declaredPromptOf(this.#project, span.promptTemplate);
    if (!declared) return this.#discover(this.#miner, span, timeMs);
    this.#name(declared.templateId, declared.name);
    if (declared.versionId === undefined)
      return this.#discover(this.#minerOf(declared.templateId), span, timeMs);
    this.#observe(declared, declared.versionId, span, timeMs);
    return { templateId: declared.templateId, versionId: declared.versionId };
  }

  /** The same without learning: for calls whose version turned out to be several. */
  find(span: Span): PromptReference | undefined {
    const found = this.#miner.find(promptTextOf(span.inputMessages))?.wording;
    return found && toReference(found);
  }

  /** What is to be written since the last look, and which calls are to be put right. */
  takeChanges(): ProjectChanges {
    const changes: ProjectChanges = {
      templates: [],
      wordings: [],
      moves: new Map(),
      splits: new Set(),
      arrivals: [],
    };
    for (const miner of [this.#miner, ...this.#byName.values()])
      this.#collect(miner, miner.takeChanges(), changes);
    for (const version of this.#changedVersions) {
      const { wording, label } = version;
      if (version.miner) wording.pattern = patternOf(version.miner) ?? wording.pattern;
      changes.wordings.push({ project: this.#project, wording, label, mergedInto: "" });
    }
    this.#changedVersions.clear();
    for (const templateId of this.#changedTemplates) changes.templates.push(this.#toTemplate(templateId, ""));
    this.#changedTemplates.clear();
    return changes;
  }

  /** Everything that is known, to be kept at the end: what was counted since too. */
  *all(): Iterable<StoredWording> {
    const project = this.#project;
    for (const miner of [this.#miner, ...this.#byName.values()])
      for (const wording of miner.wordings()) yield { project, wording, label: "", mergedInto: "" };
    for (const { wording, label } of this.#versions.values())
      yield { project, wording, label, mergedInto: "" };
  }

  #discover(miner: TemplateMiner, span: Span, timeMs: number): PromptReference | undefined {
    const wording = miner.assign(promptTextOf(span.inputMessages), timeMs);
    if (!wording) return undefined;
    const reference = toReference(wording);
    if (!reference) this.#wait(wording.id, span);
    else if (!this.#names.has(reference.templateId)) this.#name(reference.templateId, "");
    return reference;
  }

  #observe(declared: DeclaredPrompt, versionId: string, span: Span, timeMs: number): void {
    let version = this.#versions.get(versionId);
    if (!version) {
      const pattern = declared.pattern ?? [];
      const miner = declared.pattern
        ? undefined
        : new TemplateMiner({ scope: versionId, templateId: declared.templateId });
      const wording = createWording({
        id: versionId,
        templateId: declared.templateId,
        trusted: true,
        pattern,
        count: 0,
        firstMs: timeMs,
        lastMs: timeMs,
      });
      version = { wording, label: declared.label, miner };
      this.#versions.set(versionId, version);
      this.#changedVersions.add(version);
    }
    const { wording, miner } = version;
    wording.count += 1;
    widenTime(wording, timeMs, timeMs);
    if (!miner) return;
    miner.assign(promptTextOf(span.inputMessages), timeMs);
    if (miner.takeChanges().wordings.size > 0) this.#changedVersions.add(version);
  }

  #collect(miner: TemplateMiner, mined: MinerChanges, changes: ProjectChanges): void {
    const project = this.#project;
    for (const wording of mined.wordings) {
      const reference = toReference(wording);
      if (!reference) continue;
      changes.wordings.push({ project, wording, label: "", mergedInto: "" });
      if (!this.#names.has(reference.templateId)) this.#name(reference.templateId, "");
      const places = this.#waiting.get(wording.id);
      if (places) changes.arrivals.push({ places, to: reference });
      this.#waiting.delete(wording.id);
    }
    const byId = new Map([...miner.wordings()].map((wording) => [wording.id, wording]));
    for (const [from] of mined.merged) {
      const into = byId.get(lastOf(mined.merged, from));
      const reference = into && toReference(into);
      if (!into || !reference) continue;
      const places = this.#waiting.get(from);
      if (places) changes.arrivals.push({ places, to: reference });
      this.#waiting.delete(from);
      changes.moves.set(from, reference);
      const gone = { ...into, id: from, count: 0, pattern: [] };
      changes.wordings.push({ project, wording: gone, label: "", mergedInto: into.id });
    }
    for (const wording of mined.moved) {
      const reference = byId.has(wording.id) ? toReference(wording) : undefined;
      if (reference) changes.moves.set(wording.id, reference);
    }
    for (const [from] of mined.mergedTemplates)
      changes.templates.push(this.#toTemplate(from, lastOf(mined.mergedTemplates, from)));
    for (const id of mined.split) if (byId.has(id)) changes.splits.add(id);
  }

  #wait(wordingId: string, { traceId, spanId, startTimeNs }: Span): void {
    const places = this.#waiting.get(wordingId);
    const place = { traceId, spanId, startHour: startHour(startTimeNs) };
    if (!places) this.#waiting.set(wordingId, [place]);
    else if (places.length < WAITING_CALLS) places.push(place);
  }

  #minerOf(templateId: string): TemplateMiner {
    let miner = this.#byName.get(templateId);
    if (!miner) this.#byName.set(templateId, (miner = new TemplateMiner({ scope: templateId, templateId })));
    return miner;
  }

  #name(templateId: string, name: string): void {
    if (this.#names.get(templateId) === name) return;
    this.#names.set(templateId, name);
    this.#changedTemplates.add(templateId);
  }

  #toTemplate(templateId: string, mergedInto: string): StoredTemplate {
    return {
      project: this.#project,
      templateId,
      source: templateId.startsWith("d") ? "declared" : "discovered",
      name: this.#names.get(templateId) ?? "",
      mergedInto,
    };
  }
}

export interface ProjectChanges {
  templates: StoredTemplate[];
  wordings: StoredWording[];
  /** By the id of a version, the template and version that its calls are of now. */
  moves: Map<string, PromptReference>;
  /** Versions whose calls are to be looked up again. */
  splits: Set<string>;
  /** Calls that waited for a template, and what they are of. */
  arrivals: { places: SpanPlace[]; to: PromptReference }[];
}

function toReference({ id, templateId }: Wording): PromptReference | undefined {
  return templateId === undefined ? undefined : { templateId, versionId: id };
}

/** The pattern that most of a version's prompts follow. */
function patternOf(miner: TemplateMiner): PromptPattern | undefined {
  let most: Wording | undefined;
  for (const wording of miner.wordings()) if (!most || wording.count > most.count) most = wording;
  return most?.pattern;
}

/** Where a chain of replacements ends. */
function lastOf(replaced: ReadonlyMap<string, string>, id: string): string {
  let at = id;
  for (let step = 0; step < 100; step++) {
    const next = replaced.get(at);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}
