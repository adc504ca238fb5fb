/** How many rows from the top tell what is usual: the first page, so that loading more changes nothing. */
const SAMPLE = 100;
const NICE_STEPS = [1, 1.5, 2, 3, 5, 7.5, 10];

/**
 * The duration whose bar is full in a list, in milliseconds: what nine of ten rows stay under, rounded up so
 * that a new row rarely moves the others. One very slow trace has a full bar and leaves the rest readable.
 * 0 where there is nothing to compare.
 */
export function latencyScaleMs(rows: readonly { durationMs: number }[]): number {
  const durations = rows
    .slice(0, SAMPLE)
    .map((row) => row.durationMs)
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  const usual = durations[Math.floor((durations.length - 1) * 0.9)];
  if (usual === undefined) return 0;
  const power = 10 ** Math.floor(Math.log10(usual));
  return (NICE_STEPS.find((step) => step * power >= usual) ?? 10) * power;
}
