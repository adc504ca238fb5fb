import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Dialect } from "./dialect.ts";
import { DIALECTS } from "./dialects.ts";

/** A dialect that a span may speak. */
export interface Candidate {
  dialect: Dialect;
  /** It does; else its {@link Dialect.speaksOtherwise} has to be asked. */
  isSure: boolean;
  /** What {@link Dialect.speaks} threw: every such span has this failure. */
  failure: unknown;
}

/** Scope names come from senders: more of them for one list of keys are not remembered. */
const MAX_SCOPES = 64;
const MAX_NAME_LENGTH = 256;

const remembered = new WeakMap<AttributeKeys, Map<string, readonly Candidate[]>>();

/** The dialects that spans of this scope with attributes of these names speak or may speak, in order of precedence. */
export function candidatesFor(scopeName: string, keys: AttributeKeys): readonly Candidate[] {
  let byScope = remembered.get(keys);
  if (byScope === undefined) remembered.set(keys, (byScope = new Map()));
  let candidates = byScope.get(scopeName);
  if (candidates === undefined) {
    candidates = findCandidates(scopeName, keys);
    if (byScope.size < MAX_SCOPES && scopeName.length <= MAX_NAME_LENGTH) byScope.set(scopeName, candidates);
  }
  return candidates;
}

function findCandidates(scopeName: string, keys: AttributeKeys): Candidate[] {
  const candidates: Candidate[] = [];
  for (const dialect of DIALECTS) {
    let isSure = false;
    let failure: unknown;
    try {
      isSure = dialect.speaks(scopeName, keys);
    } catch (error) {
      failure = error;
    }
    if (isSure || failure !== undefined || dialect.speaksOtherwise !== undefined)
      candidates.push({ dialect, isSure, failure });
  }
  return candidates;
}
