import { ChevronsDownUp, ChevronDown, ChevronUp, LoaderCircle, Route, Sparkles, X } from "lucide-react";
import type { KeyboardEvent, RefObject } from "react";
import { Button, IconButton } from "../../../components/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "../../../components/floating.tsx";
import { Kbd } from "../../../components/marks.tsx";
import { formatCount, formatPlural } from "../../../view/format-number.ts";
import type { AiOnly } from "../use-ai-only.ts";
import type { Find } from "./use-find.ts";
import css from "./waterfall.module.css";

export interface FoldActions {
  expandAll: () => void;
  collapseAll: () => void;
  collapseToErrors: (() => void) | undefined;
  collapseToSelected: () => void;
}

/** The line over the waterfall: find, critical path, folding. */
export function WaterfallToolbar({
  find,
  findRef,
  position,
  onStep,
  onLeave,
  path,
  onPath,
  aiOnly,
  fold,
}: {
  find: Find;
  findRef: RefObject<HTMLInputElement | null>;
  /** Which of the matches is selected, from 1; 0 for none. */
  position: number;
  onStep: (backwards: boolean) => void;
  onLeave: () => void;
  path: boolean;
  onPath: () => void;
  aiOnly: AiOnly;
  fold: FoldActions;
}) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") onStep(event.shiftKey);
    else if (event.key === "Escape") {
      if (find.text !== "") find.setText("");
      else onLeave();
    } else if (event.key === "ArrowDown") onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={css["toolbar"]} role="toolbar" aria-label="Waterfall">
      <div className={css["find"]} role="search">
        <input
          ref={findRef}
          type="text"
          value={find.text}
          onChange={(event) => find.setText(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Find in trace: name, text, attribute"
          aria-label="Find in trace"
          spellCheck={false}
          maxLength={500}
        />
        {find.text === "" ? (
          <Kbd>/</Kbd>
        ) : (
          <>
            <Matches find={find} position={position} />
            <IconButton
              label="Previous match (Shift+Enter)"
              size="small"
              disabled={find.nodes.length === 0}
              onClick={() => onStep(true)}
            >
              <ChevronUp size={12} aria-hidden="true" />
            </IconButton>
            <IconButton
              label="Next match (Enter)"
              size="small"
              disabled={find.nodes.length === 0}
              onClick={() => onStep(false)}
            >
              <ChevronDown size={12} aria-hidden="true" />
            </IconButton>
            <IconButton label="Clear (Esc)" size="small" onClick={() => find.setText("")}>
              <X size={12} aria-hidden="true" />
            </IconButton>
          </>
        )}
      </div>
      {aiOnly.hiddenCount > 0 && (
        <Button
          variant="ghost"
          aria-pressed={aiOnly.on}
          onClick={aiOnly.toggle}
          title={`Without the ${formatPlural(aiOnly.hiddenCount, "span")} between agents, model calls, tools and retrievals (h)`}
          aria-label="AI spans only"
        >
          <Sparkles size={14} aria-hidden="true" />
          <span className={css["buttonText"]}>AI spans</span>
        </Button>
      )}
      <Button
        variant="ghost"
        aria-pressed={path}
        onClick={onPath}
        title="What the trace waited for, from start to end (c)"
        aria-label="Critical path"
      >
        <Route size={14} aria-hidden="true" />
        <span className={css["buttonText"]}>Critical path</span>
      </Button>
      <Menu
        align="end"
        trigger={
          <Button variant="ghost" aria-label="Fold the tree" title="Fold the tree">
            <ChevronsDownUp size={14} aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem onClick={fold.expandAll}>Expand everything</MenuItem>
        <MenuItem onClick={fold.collapseAll}>Collapse everything</MenuItem>
        <MenuSeparator />
        {fold.collapseToErrors && (
          <MenuItem onClick={fold.collapseToErrors}>Only the ways to errors</MenuItem>
        )}
        <MenuItem onClick={fold.collapseToSelected}>Only the way to the selected span</MenuItem>
      </Menu>
    </div>
  );
}

function Matches({ find, position }: { find: Find; position: number }) {
  const count = find.nodes.length;
  const text =
    count === 0 && find.pending
      ? "searching…"
      : count === 0
        ? "no match"
        : position > 0
          ? `${formatCount(position)} of ${formatCount(count)}`
          : `${formatCount(count)} ${count === 1 ? "match" : "matches"}`;
  return (
    <span
      className={css["matches"]}
      role="status"
      title={find.failed ? "The payloads could not be searched" : undefined}
    >
      {find.pending && <LoaderCircle size={12} className={css["spin"]} aria-hidden="true" />}
      {text}
      {find.failed && " in names only"}
    </span>
  );
}
