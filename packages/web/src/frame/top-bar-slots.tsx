import { createContext, useContext, useEffect, type ReactNode } from "react";
import { createPortal } from "react-dom";

/** Where the current page's own parts of the top bar go. */
export const TopBarSlots = createContext<{ crumb: HTMLElement | null; actions: HTMLElement | null }>({
  crumb: null,
  actions: null,
});

/** The last part of the breadcrumb. */
export function Crumb({ children }: { children: ReactNode }) {
  const { crumb } = useContext(TopBarSlots);
  return crumb === null ? null : createPortal(children, crumb);
}

/** The page's own buttons, at the right of the top bar. */
export function TopBarActions({ children }: { children: ReactNode }) {
  const { actions } = useContext(TopBarSlots);
  return actions === null ? null : createPortal(children, actions);
}

/** The browser tab's title: `agent.run · support-bot · Nightowl`. */
export function usePageTitle(...parts: (string | undefined)[]): void {
  const title = [...parts, "Nightowl"].filter((part) => part !== undefined && part !== "").join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
