/**
 * Grouping accuracy, as log parsing measures it: the share of items whose group holds exactly the items that have the
 * same label, no more and no fewer.
 */
export function groupingAccuracy(labels: readonly string[], groups: readonly string[]): number {
  const labelSizes = countEach(labels);
  const groupSizes = countEach(groups);
  const pairs = labels.map((label, i) => `${label}\u0000${groups[i]}`);
  const pairSizes = countEach(pairs);
  const right = pairs.filter((pair, i) => {
    const size = pairSizes.get(pair);
    return size === labelSizes.get(labels[i] as string) && size === groupSizes.get(groups[i] as string);
  });
  return labels.length === 0 ? 1 : right.length / labels.length;
}

function countEach(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
