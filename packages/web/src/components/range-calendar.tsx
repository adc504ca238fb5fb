import { DayPicker, type DateRange } from "react-day-picker";
import css from "./range-picker.module.css";

const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** A month to pick the days of a range in. Its own file, because it is heavy and seldom opened. */
export default function RangeCalendar({
  fromMs,
  toMs,
  onChange,
}: {
  fromMs: number;
  toMs: number;
  onChange: (fromMs: number, toMs: number) => void;
}) {
  const selected: DateRange = { from: new Date(fromMs), to: new Date(toMs) };
  const name = (key: string) => css[key] ?? "";
  return (
    <DayPicker
      mode="range"
      selected={selected}
      defaultMonth={new Date(toMs)}
      weekStartsOn={1}
      showOutsideDays
      // The day's number first: the name then begins with what is seen.
      labels={{ labelDayButton: (day) => dayName.format(day) }}
      onSelect={(_range, day) => {
        // The first click starts a range of one day; a later day ends it.
        const start = new Date(day).setHours(0, 0, 0, 0);
        const end = new Date(day).setHours(24, 0, 0, 0);
        const oneDay = toMs - fromMs <= 25 * 3_600_000;
        if (oneDay && start > fromMs) onChange(new Date(fromMs).setHours(0, 0, 0, 0), end);
        else onChange(start, end);
      }}
      classNames={{
        months: name("months"),
        month_caption: name("caption"),
        nav: name("nav"),
        button_previous: name("navButton"),
        button_next: name("navButton"),
        month_grid: name("grid"),
        weekday: name("weekday"),
        day: name("day"),
        day_button: name("dayButton"),
        today: name("today"),
        outside: name("outside"),
        range_middle: name("middle"),
        range_start: name("end"),
        range_end: name("end"),
      }}
    />
  );
}
