import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import css from "./trace-page.module.css";

const STORED = "nightowl.trace.split";
const MIN_SHARE = 25;
const MAX_SHARE = 78;

/** Two panes side by side; the line between them is dragged, or moved with the arrow keys, and remembered. */
export function SplitPane({ left, right }: { left: ReactNode; right: ReactNode }) {
  const [share, setShare] = useState(storedShare);
  const paneRef = useRef<HTMLDivElement>(null);
  const move = (next: number) => {
    const clamped = Math.min(MAX_SHARE, Math.max(MIN_SHARE, next));
    setShare(clamped);
    try {
      localStorage.setItem(STORED, clamped.toFixed(2));
    } catch {
      // Storage may be forbidden; the pane is resized for this visit only.
    }
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const pane = paneRef.current;
    if (pane === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = pane.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * 100);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(share + step);
  };
  return (
    <div
      ref={paneRef}
      className={css["split"]}
      style={{ gridTemplateColumns: `minmax(0, ${share}fr) 0 minmax(0, ${100 - share}fr)` }}
    >
      {left}
      {/* A focusable separator is the ARIA way to say "drag me". */}
      <div
        className={css["handle"]}
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the waterfall"
        aria-valuenow={Math.round(share)}
        aria-valuemin={MIN_SHARE}
        aria-valuemax={MAX_SHARE}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onDoubleClick={() => move(DEFAULT_SHARE)}
        onKeyDown={onKeyDown}
      />
      {right}
    </div>
  );
}

const DEFAULT_SHARE = 54;

function storedShare(): number {
  try {
    const stored = Number(localStorage.getItem(STORED));
    return stored >= MIN_SHARE && stored <= MAX_SHARE ? stored : DEFAULT_SHARE;
  } catch {
    return DEFAULT_SHARE;
  }
}
