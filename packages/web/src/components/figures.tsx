import type { ReactNode } from "react";
import css from "./figures.module.css";
import { Skeleton } from "./marks.tsx";

/** The figures of a page, in a row that wraps. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <section className={css["figures"]} aria-label="Totals">
      {children}
    </section>
  );
}

/** One of them: what it is, how much, and what that means. Without a value yet it waits. */
export function Figure({
  label,
  note,
  tone,
  title,
  children,
}: {
  label: string;
  note?: ReactNode;
  tone?: "warn" | undefined;
  title?: string;
  children: ReactNode;
}) {
  return (
    <div className={css["figure"]} data-tone={tone} title={title}>
      <span>{label}</span>
      <b>{children === undefined ? <Skeleton width={64} height={16} /> : children}</b>
      <small>{note}</small>
    </div>
  );
}
