const whole = new Intl.NumberFormat("en-US");

/** `12,345`. */
export function formatCount(n: number): string {
  return whole.format(n);
}

/** `950`, `7.9 k`, `12 M`: three figures at most, for totals. */
export function formatCompact(n: number): string {
  const steps: [number, string][] = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ];
  for (const [size, unit] of steps) {
    // From where the smaller unit would read 1000.
    if (Math.abs(n) >= size * (size === 1e3 ? 1 : 0.9995)) return `${trim(n / size)} ${unit}`;
  }
  return whole.format(Math.round(n));
}

/** Three significant figures without trailing zeros: 7.94 → `7.9`, 12.4 → `12`, 1 → `1`. */
function trim(n: number): string {
  const rounded = Math.abs(n) >= 10 ? Math.round(n) : Math.round(n * 10) / 10;
  return String(rounded);
}

/** `1 trace`, `2 traces`. */
export function formatPlural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** A share of 1 as percent: `0 %`, `0.4 %`, `37 %`, `100 %`; what is not nothing never reads 0. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return "<0.1 %";
  if (percent < 10) return `${Math.round(percent * 10) / 10} %`;
  return percent > 99.5 && percent < 100 ? ">99 %" : `${Math.round(percent)} %`;
}

/** A number without the digits that only its 32-bit float has: 0.20000000298023224 → 0.2. */
export function withoutNoise(n: number): number {
  return Number.isInteger(n) ? n : Number(n.toPrecision(7));
}
