import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent } from "react";
import {
  clampWindow,
  dragEdge,
  fractionAt,
  isWhole,
  panWindow,
  timeAt,
  wholeWindow,
  type TimeWindow,
} from "../../../view/waterfall-scale.ts";
import type { TraceModel } from "../trace-model.ts";
import css from "./waterfall.module.css";

const HEIGHT = 34;
/** A press that moves less than this many px is a click, not a drag. */
const DRAG_SLOP_PX = 3;

interface Drag {
  grip: "start" | "end" | "move" | "new";
  fromMs: number;
  fromX: number;
  window: TimeWindow;
  moved: boolean;
}

/**
 * The whole trace in little, and the part of it that is shown: its window is dragged, its edges resize it, a drag
 * beside it draws a new one, a double-click shows everything again.
 */
export function WaterfallMinimap({
  model,
  timeWindow,
  onChange,
  width,
}: {
  model: TraceModel;
  timeWindow: TimeWindow;
  onChange: (next: TimeWindow | undefined) => void;
  width: number;
}) {
  const { totalMs } = model;
  const hostRef = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | undefined>(undefined);
  const whole = wholeWindow(totalMs);
  const zoomed = !isWhole(timeWindow, totalMs);
  const timeOf = (event: PointerEvent) => {
    const box = hostRef.current?.getBoundingClientRect();
    return box ? timeAt(whole, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))) : 0;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const grip = (event.target as HTMLElement).dataset["grip"];
    const inside = zoomed && (grip === "start" || grip === "end" || grip === "move");
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = {
      grip: inside ? (grip as Drag["grip"]) : "new",
      fromMs: timeOf(event),
      fromX: event.clientX,
      window: timeWindow,
      moved: false,
    };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const current = drag.current;
    if (current === undefined) return;
    if (!current.moved && Math.abs(event.clientX - current.fromX) < DRAG_SLOP_PX) return;
    current.moved = true;
    const atMs = timeOf(event);
    if (current.grip === "move") onChange(panWindow(current.window, totalMs, atMs - current.fromMs));
    else if (current.grip === "new") onChange(clampWindow({ startMs: current.fromMs, endMs: atMs }, totalMs));
    else onChange(dragEdge(current.window, totalMs, current.grip, atMs));
  };
  const onPointerUp = () => {
    drag.current = undefined;
  };
  const left = `${fractionAt(whole, timeWindow.startMs) * 100}%`;
  const right = `${(1 - fractionAt(whole, timeWindow.endMs)) * 100}%`;
  return (
    <div
      ref={hostRef}
      className={css["minimap"]}
      title={
        zoomed ? "Drag the window; double-click shows everything" : "Drag to zoom into a stretch of time"
      }
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDoubleClick={() => onChange(undefined)}
      aria-hidden="true"
    >
      <MinimapCanvas model={model} width={width} />
      <div
        className={css["window"]}
        data-grip="move"
        data-zoomed={zoomed || undefined}
        style={{ left, right }}
      >
        {zoomed && (
          <>
            <i className={css["gripStart"]} data-grip="start" />
            <i className={css["gripEnd"]} data-grip="end" />
          </>
        )}
      </div>
    </div>
  );
}

/** Draws every span as a line; again only when the trace, the size or the theme changes. */
function MinimapCanvas({ model, width }: { model: TraceModel; width: number }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const theme = useThemeName();
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context || width === 0) return;
    const ratio = globalThis.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    context.scale(ratio, ratio);
    drawMinimap(context, model, width, theme);
  }, [model, width, theme]);
  return <canvas ref={canvasRef} className={css["canvas"]} style={{ width, height: HEIGHT }} />;
}

/** `theme` is the one whose colours the page has now: they are read from the page's style. */
function drawMinimap(
  context: CanvasRenderingContext2D,
  model: TraceModel,
  width: number,
  theme: string,
): void {
  const style = getComputedStyle(document.documentElement);
  context.canvas.dataset["theme"] = theme;
  const colourOf = (kind: string) => style.getPropertyValue(`--${kind.toLowerCase()}`).trim() || "gray";
  const colours = new Map<string, string>();
  const { nodes } = model.tree;
  const totalNs = Math.max(1, model.tree.durationNs);
  const pad = 3;
  const lineHeight = Math.min(3, Math.max(1, (HEIGHT - 2 * pad) / nodes.length));
  const stepY = nodes.length < 2 ? 0 : Math.min(5, (HEIGHT - 2 * pad - lineHeight) / (nodes.length - 1));
  context.clearRect(0, 0, width, HEIGHT);
  context.globalAlpha = 0.9;
  // Failed spans last, so that nothing lies over them.
  for (const failed of [false, true]) {
    if (failed) context.globalAlpha = 1;
    for (const node of nodes) {
      if ((node.span.statusCode === "ERROR") !== failed) continue;
      const kind = failed ? "error" : node.span.kind;
      let colour = colours.get(kind);
      if (colour === undefined) colours.set(kind, (colour = colourOf(kind)));
      context.fillStyle = colour;
      const x = (node.startOffsetNs / totalNs) * width;
      const w = ((node.endOffsetNs - node.startOffsetNs) / totalNs) * width;
      context.fillRect(x, pad + node.index * stepY, Math.max(1.5, w), lineHeight);
    }
  }
}

/** The page's theme as it is drawn, for what CSS does not reach. */
function useThemeName(): string {
  const [name, setName] = useState(() => document.documentElement.dataset["theme"] ?? "");
  useEffect(() => {
    const observer = new MutationObserver(() => setName(document.documentElement.dataset["theme"] ?? ""));
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  return name;
}
