import { useCallback, useLayoutEffect, useState } from "react";

/** An element's content width and height in px, kept up to date; 0 until it is there. Give `ref` to the element. */
export function useElementSize(): {
  ref: (element: HTMLElement | null) => void;
  element: HTMLElement | null;
  width: number;
  height: number;
} {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const ref = useCallback((next: HTMLElement | null) => setElement(next), []);
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const measure = () => {
      const width = element.clientWidth;
      const height = element.clientHeight;
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return { ref, element, ...size };
}
