import { ChevronDown } from "lucide-react";
import { buttonClass } from "../../components/button.tsx";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "../../components/floating.tsx";
import { isWeek, type PromptSearch } from "../../data/prompt-search.ts";
import { useNow } from "../../data/use-now.ts";
import type { PromptDetail } from "../../data/use-prompts.ts";
import { formatCompact } from "../../view/format-number.ts";
import { versionTitle } from "../../view/prompt-version.ts";
import css from "./prompt-page.module.css";

const WEEK_LABELS = { "last-week": "Last week", "this-week": "This week" } as const;

/** Chooses one side of the comparison: a version, or a week. */
export function SideMenu({
  label,
  side,
  versions,
  onPick,
}: {
  label: string;
  side: string;
  versions: PromptDetail["versions"];
  onPick: (side: string) => void;
}) {
  const nowMs = useNow();
  const chosen = versions.find(({ versionId }) => versionId === side);
  const text = isWeek(side) ? WEEK_LABELS[side] : chosen ? versionTitle(chosen, nowMs) : side;
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className={buttonClass()} aria-label={`${label}: ${text}`}>
          {text}
          <ChevronDown size={13} aria-hidden="true" />
        </button>
      }
    >
      <MenuLabel>Versions</MenuLabel>
      {versions.toReversed().map((version) => (
        <MenuItem
          key={version.versionId}
          checked={version.versionId === side}
          onClick={() => onPick(version.versionId)}
          end={formatCompact(version.callCount)}
        >
          {versionTitle(version, nowMs)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuLabel>All calls of</MenuLabel>
      {(["last-week", "this-week"] as const).map((week) => (
        <MenuItem key={week} checked={week === side} onClick={() => onPick(week)}>
          {WEEK_LABELS[week]}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** How the difference is shown. */
export function ViewToggles({
  search,
  onChange,
}: {
  search: PromptSearch;
  onChange: (next: Partial<PromptSearch>) => void;
}) {
  const isSide = search.view === "side";
  const isLines = search.marks === "lines";
  return (
    <>
      <div className={css["segments"]} role="group" aria-label="Layout">
        <button type="button" aria-pressed={!isSide} onClick={() => onChange({ view: undefined })}>
          Inline
        </button>
        <button type="button" aria-pressed={isSide} onClick={() => onChange({ view: "side" })}>
          Side by side
        </button>
      </div>
      <div className={css["segments"]} role="group" aria-label="What is marked">
        <button type="button" aria-pressed={!isLines} onClick={() => onChange({ marks: undefined })}>
          Words
        </button>
        <button type="button" aria-pressed={isLines} onClick={() => onChange({ marks: "lines" })}>
          Lines
        </button>
      </div>
    </>
  );
}
