import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { Toasts } from "../components/toast.tsx";
import { openFrameWindow, useFrameWindow } from "./frame-state.ts";
import css from "./frame.module.css";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";
import { TopBarSlots } from "./top-bar-slots.tsx";
import { UnreachableBanner } from "./unreachable-banner.tsx";

const loadPalette = () => import("./palette.tsx");
const Palette = lazy(loadPalette);
const ShortcutSheet = lazy(() => import("./shortcut-sheet.tsx"));

const PALETTE_AFTER_MS = 500;

/** What stands around every page: rail, top bar, palette, keyboard sheet, toasts. */
export function Frame() {
  const [crumb, setCrumb] = useState<HTMLElement | null>(null);
  const [actions, setActions] = useState<HTMLElement | null>(null);
  const slots = useMemo(() => ({ crumb, actions }), [crumb, actions]);
  const window = useFrameWindow();
  // Fetched while nothing else happens: a trace id that is pasted right after ⌘K must not be lost.
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  useHotkeys("mod+k", () => openFrameWindow(window === "palette" ? null : "palette"), {
    preventDefault: true,
    enableOnFormTags: true,
  });
  useHotkeys("?", () => openFrameWindow("shortcuts"), { useKey: true, enabled: window === null });
  return (
    <TopBarSlots value={slots}>
      <a className={css["skip"]} href="#page">
        Skip to the page
      </a>
      <div className={css["app"]}>
        <Rail />
        <TopBar crumbRef={setCrumb} actionsRef={setActions} />
        <UnreachableBanner />
        <main id="page" className={css["page"]} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense fallback={null}>
        {window === "palette" && <Palette />}
        {window === "shortcuts" && <ShortcutSheet />}
      </Suspense>
      <Toasts />
    </TopBarSlots>
  );
}
