import { useEffect, useRef, type RefObject } from "react";
import { isWhole, panWindow, timeAt, zoomWindow, type TimeWindow } from "../../../view/waterfall-scale.ts";

interface Timeline {
  totalMs: number;
  timeWindow: TimeWindow;
  nameWidth: number;
  timelineWidth: number;
}

/** Ctrl (or a pinch) and the wheel zoom the timeline at the pointer; sideways it moves while zoomed in. */
export function useWheelZoom(
  ref: RefObject<HTMLElement | null>,
  timeline: Timeline,
  onChange: (next: TimeWindow) => void,
): void {
  const latest = useRef({ timeline, onChange });
  useEffect(() => {
    latest.current = { timeline, onChange };
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      const { timeline: current, onChange: change } = latest.current;
      const { totalMs, timeWindow, nameWidth, timelineWidth } = current;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      const x = (event.clientX - element.getBoundingClientRect().left - nameWidth) / timelineWidth;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006);
        change(zoomWindow(timeWindow, totalMs, timeAt(timeWindow, Math.min(1, Math.max(0, x))), factor));
      } else if (
        Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY) &&
        !isWhole(timeWindow, totalMs)
      ) {
        event.preventDefault();
        const byMs = (sideways / timelineWidth) * (timeWindow.endMs - timeWindow.startMs);
        change(panWindow(timeWindow, totalMs, byMs));
      }
    };
    // Not passive: the browser's own zoom must not happen as well.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [ref]);
}
