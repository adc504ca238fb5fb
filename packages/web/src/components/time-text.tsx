import { useNow } from "../data/use-now.ts";
import { formatClock, formatIsoNs, formatListTime, formatRelative, msOfNs } from "../view/format-time.ts";

/** An instant in the reader's time zone; hovering shows the full ISO instant and how long ago it was. */
export function TimeText({
  ns,
  form = "list",
}: {
  /** Unix nanoseconds, decimal. */
  ns: string;
  form?: "list" | "clock" | "relative";
}) {
  const nowMs = useNow();
  const iso = formatIsoNs(ns);
  if (iso === "unknown") return <span title="No start time was sent">unknown</span>;
  const ms = msOfNs(ns);
  const text = { list: formatListTime, clock: formatClock, relative: formatRelative }[form](ms, nowMs);
  return (
    <time dateTime={iso} title={`${iso}\n${formatRelative(ms, nowMs)}`}>
      {text}
    </time>
  );
}
