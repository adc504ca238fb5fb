import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { RANGE_PRESETS, rangeWindow, type TimeRange } from "../data/time-range.ts";
import { useNow } from "../data/use-now.ts";
import { rangeLabel } from "../view/range-label.ts";
import { Button, buttonClass } from "./button.tsx";
import { Popover } from "./floating.tsx";
import css from "./range-picker.module.css";

const RangeCalendar = lazy(() => import("./range-calendar.tsx"));

/** The time range of a page: presets, or two instants. */
export function RangePicker({ range, onChange }: { range: TimeRange; onChange: (range: TimeRange) => void }) {
  const [open, setOpen] = useState(false);
  const nowMs = useNow();
  const label = rangeLabel(range, nowMs);
  const pick = (next: TimeRange) => {
    setOpen(false);
    onChange(next);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      label="Time range"
      trigger={
        <button type="button" className={buttonClass()} aria-label={`Time range: ${label}`}>
          {label}
          <ChevronDown size={13} aria-hidden="true" />
        </button>
      }
    >
      <div className={css["panes"]}>
        <div className={css["presets"]} role="group" aria-label="Relative ranges">
          {RANGE_PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              className={css["preset"]}
              aria-pressed={"range" in range && range.range === preset}
              onClick={() => pick({ range: preset })}
            >
              {rangeLabel({ range: preset }, nowMs)}
            </button>
          ))}
        </div>
        <AbsoluteRange range={range} nowMs={nowMs} onApply={pick} />
      </div>
    </Popover>
  );
}

function AbsoluteRange({
  range,
  nowMs,
  onApply,
}: {
  range: TimeRange;
  nowMs: number;
  onApply: (range: TimeRange) => void;
}) {
  const start = rangeWindow(range, nowMs);
  const [from, setFrom] = useState(() => localText(start.fromMs ?? nowMs - 86_400_000));
  const [to, setTo] = useState(() => localText(start.toMs ?? nowMs));
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const valid = fromMs < toMs;
  return (
    <form
      className={css["absolute"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) onApply({ fromMs, toMs });
      }}
    >
      <div className={css["calendar"]}>
        <Suspense fallback={null}>
          <RangeCalendar
            fromMs={Number.isNaN(fromMs) ? nowMs : fromMs}
            toMs={Number.isNaN(toMs) ? nowMs : toMs}
            onChange={(nextFromMs, nextToMs) => {
              setFrom(localText(nextFromMs));
              setTo(localText(nextToMs));
            }}
          />
        </Suspense>
      </div>
      <label className={css["field"]}>
        From
        <input
          type="datetime-local"
          step={1}
          required
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label className={css["field"]}>
        To
        <input
          type="datetime-local"
          step={1}
          required
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      {!valid && <p className={css["problem"]}>The start must lie before the end.</p>}
      <Button type="submit" variant="primary" disabled={!valid}>
        Apply
      </Button>
    </form>
  );
}

/** Milliseconds → the text of a `datetime-local` input, in the reader's zone. */
function localText(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
