import { formatDay, msOfNs } from "./format-time.ts";

interface NamedVersion {
  number: number;
  label: string;
  versionId: string;
}

/** `v7`, or as the application names it; a wording that was seen too seldom to be a version has no number. */
export function versionName({ number, label, versionId }: NamedVersion): string {
  if (label !== "") return label;
  return number > 0 ? `v${number}` : `rare ${versionId.slice(1, 5)}`;
}

/** `v7 · 18 Nov`: with the day on which it was first seen. */
export function versionTitle(version: NamedVersion & { firstSeenNs: string }, nowMs: number): string {
  return `${versionName(version)} · ${formatDay(msOfNs(version.firstSeenNs), nowMs)}`;
}
