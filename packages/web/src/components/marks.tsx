import type { SpanKind } from "@nightowl/model/span/span";
import type { ReactNode } from "react";
import { KIND_LABELS } from "../view/kind.ts";
import css from "./marks.module.css";

/** The square in the colour of a span kind; red where the span failed. */
export function KindDot({ kind, failed = false }: { kind: SpanKind; failed?: boolean }) {
  const label = failed ? `${KIND_LABELS[kind]}, failed` : KIND_LABELS[kind];
  return (
    <span
      className={css["dot"]}
      data-kind={failed ? "ERROR" : kind}
      role="img"
      aria-label={label}
      title={label}
    />
  );
}

export function Chip({
  children,
  tone = "plain",
  mono = false,
  title,
}: {
  children: ReactNode;
  tone?: "plain" | "error" | "warn";
  mono?: boolean;
  title?: string;
}) {
  const classes = [css["chip"], tone !== "plain" && css[tone], mono && css["mono"]].filter(Boolean).join(" ");
  return (
    <span className={classes} title={title}>
      {children}
    </span>
  );
}

/** One key, as on the keyboard. `mod` reads ⌘ on a Mac and Ctrl elsewhere. */
export function Kbd({ children }: { children: string }) {
  return <kbd className={css["kbd"]}>{keyText(children)}</kbd>;
}

const MAC = /mac|iphone|ipad/i.test(globalThis.navigator?.userAgent ?? "");

function keyText(key: string): string {
  return key.replace(/^mod\+/, MAC ? "⌘" : "Ctrl ");
}

/** A place that is about to hold text. */
export function Skeleton({ width, height = 10 }: { width: number | string; height?: number }) {
  return <span className={css["skeleton"]} style={{ width, height }} aria-hidden="true" />;
}
