import type { Annotation, AnnotationDraft, AnnotationSource } from "@nightowl/model/annotation/annotation";
import {
  annotationIdOf,
  findAnnotationTimes,
  findPlaces,
  listWaitingAnnotations,
  placeKey,
  writeAnnotations,
  type AnnotationPlace,
} from "../store/annotations.ts";
import { deleteAnnotations, type AnnotationSelection } from "../store/delete-annotations.ts";
import { NO_LOG, type Log } from "../store/log.ts";
import type { Store } from "../store/store.ts";

/** A draft, and where its target is if the sender says so. */
export interface AnnotationInput {
  draft: AnnotationDraft;
  place?: AnnotationPlace;
}

export interface WrittenAnnotation {
  annotation: Annotation;
  /** Its target has not arrived; it is shown once it has. */
  isWaiting: boolean;
}

export interface Annotations {
  /** Writes annotations; on disk when it resolves. One whose target is not there yet waits for it. */
  write(inputs: readonly AnnotationInput[], source: AnnotationSource): Promise<WrittenAnnotation[]>;
  /** The drafts among these whose targets are not there. */
  findMissing(drafts: readonly AnnotationDraft[]): Promise<AnnotationDraft[]>;
  /** Deletes what meets the selection, and tells how many that were. */
  delete(selection: AnnotationSelection): Promise<number>;
  /** Tells that spans were written: some annotation may have waited for them. */
  markWritten(): void;
  /** Takes up what waited when the server was stopped. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

/** Past this many, those that have waited longest are looked for again after a restart only. */
const MAX_WAITING = 20_000;
const LOOK_DELAY_MS = 500;

export function createAnnotations({ store, log = NO_LOG }: { store: Store; log?: Log }): Annotations {
  const { db } = store;
  const waiting = new Map<string, Annotation>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function write(
    inputs: readonly AnnotationInput[],
    source: AnnotationSource,
  ): Promise<WrittenAnnotation[]> {
    if (inputs.length === 0) return [];
    const drafts = inputs.map(({ draft }) => draft);
    const unplaced = inputs.filter(({ place }) => place === undefined).map(({ draft }) => draft.target);
    const [places, times] = await Promise.all([findPlaces(db, unplaced), findAnnotationTimes(db, drafts)]);
    const version = store.nextTimeNs();
    const placed = inputs.map(({ draft, place }) => {
      const id = annotationIdOf(draft);
      const annotation: Annotation = {
        ...draft,
        id,
        source,
        createdAtNs: times.get(id) ?? String(version),
        updatedAtNs: String(version),
      };
      return { annotation, place: place ?? places.get(placeKey(draft.target)) };
    });
    await writeAnnotations(db, placed, { version });
    for (const { annotation, place } of placed) {
      if (place !== undefined) waiting.delete(annotation.id);
      else if (waiting.size < MAX_WAITING) waiting.set(annotation.id, annotation);
    }
    // A span may have been written between the look and the write.
    markWritten();
    return placed.map(({ annotation, place }) => ({ annotation, isWaiting: place === undefined }));
  }

  async function findMissing(drafts: readonly AnnotationDraft[]): Promise<AnnotationDraft[]> {
    const places = await findPlaces(
      db,
      drafts.map(({ target }) => target),
    );
    return drafts.filter(({ target }) => !places.has(placeKey(target)));
  }

  function markWritten(): void {
    if (isClosed || timer !== undefined || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      looking = looking.then(placeWaiting).catch((error: unknown) => {
        log.error({ err: error, annotations: waiting.size }, "waiting annotations could not be placed");
      });
    }, LOOK_DELAY_MS);
  }

  async function placeWaiting(): Promise<void> {
    const annotations = [...waiting.values()];
    const places = await findPlaces(
      db,
      annotations.map(({ target }) => target),
    );
    const found = annotations.flatMap((annotation) => {
      const place = places.get(placeKey(annotation.target));
      // Written anew while this one looked: that writing has found its place.
      return place !== undefined && waiting.get(annotation.id) === annotation ? [{ annotation, place }] : [];
    });
    await writeAnnotations(db, found, { version: store.nextTimeNs() });
    for (const { annotation } of found) waiting.delete(annotation.id);
  }

  return {
    write,
    findMissing,
    async delete(selection) {
      if ("id" in selection) waiting.delete(selection.id);
      return deleteAnnotations(db, selection, store.nextTimeNs.bind(store));
    },
    markWritten,
    async recover() {
      for (const annotation of await listWaitingAnnotations(db, MAX_WAITING)) {
        waiting.set(annotation.id, annotation);
      }
      markWritten();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
