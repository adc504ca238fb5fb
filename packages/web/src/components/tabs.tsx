import { useRef, type KeyboardEvent } from "react";
import css from "./tabs.module.css";

export interface Tab {
  id: string;
  label: string;
  /** Shown after the label, e.g. a number of items. */
  count?: number | string;
}

/**
 * A row of tabs (ARIA tabs: arrows, Home and End move). The panel belongs to the caller:
 * give it `role="tabpanel"`, `id={tabPanelId(name)}` and `aria-labelledby={tabId(name, current)}`.
 */
export function Tabs({
  name,
  tabs,
  current,
  onChange,
  label,
}: {
  name: string;
  tabs: readonly Tab[];
  current: string;
  onChange: (id: string) => void;
  label: string;
}) {
  const listRef = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const index = tabs.findIndex((tab) => tab.id === current);
    const last = tabs.length - 1;
    const target = {
      ArrowRight: index === last ? 0 : index + 1,
      ArrowLeft: index <= 0 ? last : index - 1,
      Home: 0,
      End: last,
    }[event.key];
    const tab = target === undefined ? undefined : tabs[target];
    if (tab === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(tab.id);
    listRef.current?.querySelector<HTMLElement>(`#${CSS.escape(tabId(name, tab.id))}`)?.focus();
  };
  return (
    <div ref={listRef} role="tablist" aria-label={label} className={css["list"]} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={tabId(name, tab.id)}
          aria-selected={tab.id === current}
          aria-controls={tabPanelId(name)}
          tabIndex={tab.id === current ? 0 : -1}
          className={css["tab"]}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
          {tab.count !== undefined && <span className={css["count"]}>{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}

export function tabId(name: string, id: string): string {
  return `${name}-tab-${id}`;
}

export function tabPanelId(name: string): string {
  return `${name}-panel`;
}
