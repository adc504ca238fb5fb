import { printEquals } from "@nightowl/model/filter/print-filter";
import { Link } from "@tanstack/react-router";

/** A value that leads to all traces that have it. */
export function FilterLink({
  project,
  field,
  value,
  range = {},
  className,
}: {
  project: string;
  field: string;
  value: string;
  /** The time of the page that it stands on; without it the list's own default. */
  range?: { range?: string; from?: string; to?: string };
  className?: string | undefined;
}) {
  const filter = printEquals(field, value);
  return (
    <Link
      className={className}
      to="/projects/$project/traces"
      params={{ project }}
      search={{ ...range, filter }}
      title={`Traces with ${filter}`}
    >
      {value}
    </Link>
  );
}
