import { useCallback, useMemo } from "react";
import { clampWindow, isWhole, wholeWindow, type TimeWindow } from "../../../view/waterfall-scale.ts";
import { useAddressState, type TraceAddress } from "../use-trace-address.ts";

/** The part of the timeline that is shown: kept in the address as `zoom=from-to` in ms, absent for the whole. */
export function useTimeWindow(
  address: TraceAddress,
  totalMs: number,
): [TimeWindow, (next: TimeWindow | undefined) => void] {
  const [zoom, setZoom] = useAddressState(address, "zoom");
  const timeWindow = useMemo(() => parseZoom(zoom, totalMs), [zoom, totalMs]);
  const set = useCallback(
    (next: TimeWindow | undefined) =>
      setZoom(next === undefined || isWhole(next, totalMs) ? undefined : printZoom(next)),
    [setZoom, totalMs],
  );
  return [timeWindow, set];
}

function parseZoom(zoom: string | undefined, totalMs: number): TimeWindow {
  if (zoom === undefined) return wholeWindow(totalMs);
  const [from, to] = zoom.split("-").map(Number);
  if (from === undefined || to === undefined) return wholeWindow(totalMs);
  return clampWindow({ startMs: from, endMs: to }, totalMs);
}

/** As many digits as the window's length needs. */
function printZoom({ startMs, endMs }: TimeWindow): string {
  const digits = Math.min(6, Math.max(0, 4 - Math.floor(Math.log10(endMs - startMs))));
  return `${startMs.toFixed(digits)}-${endMs.toFixed(digits)}`;
}
