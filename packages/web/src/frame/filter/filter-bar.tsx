import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { X } from "lucide-react";
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { IconButton } from "../../components/button.tsx";
import { Kbd } from "../../components/marks.tsx";
import { applySuggestion, completionAt, type Suggestion } from "../../view/filter-tokens.ts";
import css from "./filter-bar.module.css";
import { FilterMirror } from "./filter-mirror.tsx";
import { useFilterSuggestions } from "./use-filter-suggestions.ts";

const PLACEHOLDER = 'Filter: status:error latency:>2s model:gpt-4o "exact words"';

/**
 * The filter of the list, as text with its terms marked. Enter applies it, and so does choosing a value;
 * what cannot be read is said below, with its place.
 */
export function FilterBar({
  project,
  filter,
  onApply,
}: {
  project: string;
  filter: string;
  onApply: (filter: string) => void;
}) {
  const [draft, setDraft] = useState({ text: filter, from: filter });
  // Another filter in the address (back, a link) replaces what is typed.
  const text = draft.from === filter || draft.text.trim() === filter ? draft.text : filter;
  const [caret, setCaret] = useState(filter.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [tried, setTried] = useState(true);
  const inputRef = useRef<HTMLInputElement>(null);
  const nextCaret = useRef<number | undefined>(undefined);
  const listId = useId();
  useHotkeys("/", () => inputRef.current?.focus(), { preventDefault: true, useKey: true });

  const completion = open ? completionAt(text, caret) : undefined;
  const suggestions = useFilterSuggestions(project, completion);
  const shown = open && suggestions.length > 0;
  const { error } = parseFilter(text);
  const problem = tried ? error : undefined;

  useLayoutEffect(() => {
    if (nextCaret.current === undefined) return;
    inputRef.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = undefined;
  });

  const edit = (next: string, at: number) => {
    setDraft({ text: next, from: filter });
    setCaret(at);
    setActive(-1);
    setTried(false);
    setOpen(true);
  };
  const apply = (next: string) => {
    setTried(true);
    setOpen(false);
    if (parseFilter(next).error === undefined) onApply(next.trim());
  };
  const accept = (suggestion: Suggestion) => {
    if (completion === undefined) return;
    const next = applySuggestion(text, completion, suggestion);
    edit(next.text, next.caret);
    nextCaret.current = next.caret;
    inputRef.current?.focus();
    if (suggestion.complete) apply(next.text);
  };
  const clear = () => {
    setDraft({ text: "", from: filter });
    setOpen(false);
    setTried(true);
    onApply("");
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const chosen = shown ? suggestions[active] : undefined;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !shown) {
      setOpen(true);
    } else if (event.key === "ArrowDown") {
      setActive((active + 1) % suggestions.length);
    } else if (event.key === "ArrowUp") {
      setActive((active <= 0 ? suggestions.length : active) - 1);
    } else if (event.key === "Enter") {
      if (chosen === undefined) apply(text);
      else accept(chosen);
    } else if (
      event.key === "Tab" &&
      shown &&
      !event.shiftKey &&
      (chosen !== undefined || (completion?.prefix ?? "") !== "")
    ) {
      const first = chosen ?? suggestions[0];
      if (first !== undefined) accept(first);
    } else if (event.key === "Escape") {
      if (shown) setOpen(false);
      else inputRef.current?.blur();
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div role="search" className={css["search"]}>
      <div className={css["bar"]}>
        <div className={css["box"]} data-invalid={problem !== undefined || undefined}>
          <div className={css["text"]}>
            <FilterMirror text={text} inputRef={inputRef} problemAt={problem?.position} />
            <input
              ref={inputRef}
              className={css["input"]}
              value={text}
              placeholder={PLACEHOLDER}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
              enterKeyHint="search"
              role="combobox"
              aria-label="Filter"
              aria-expanded={shown}
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
              aria-invalid={problem !== undefined}
              aria-describedby={problem === undefined ? undefined : `${listId}-problem`}
              onChange={(event) =>
                edit(event.target.value, event.target.selectionStart ?? event.target.value.length)
              }
              onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
              onFocus={() => setOpen(true)}
              onBlur={() => setOpen(false)}
              onKeyDown={onKeyDown}
            />
          </div>
          <span className={css["end"]}>
            {text === "" ? (
              <Kbd>/</Kbd>
            ) : (
              <IconButton label="Clear the filter" size="small" onClick={clear}>
                <X size={14} aria-hidden="true" />
              </IconButton>
            )}
          </span>
        </div>
        {shown && <SuggestionList id={listId} suggestions={suggestions} active={active} onChoose={accept} />}
      </div>
      {problem !== undefined && (
        <p id={`${listId}-problem`} className={css["problem"]} role="alert">
          At character {problem.position + 1}: {problem.message}.
        </p>
      )}
    </div>
  );
}

function SuggestionList({
  id,
  suggestions,
  active,
  onChoose,
}: {
  id: string;
  suggestions: readonly Suggestion[];
  active: number;
  onChoose: (suggestion: Suggestion) => void;
}) {
  return (
    // The pointer must not take the focus from the input, or the list would close before the click.
    <div className={css["list"]} onPointerDown={(event) => event.preventDefault()}>
      <div role="listbox" id={id} aria-label="Suggestions">
        {suggestions.map((suggestion, index) => (
          <div
            key={suggestion.insert}
            id={`${id}-${index}`}
            ref={index === active ? scrollTo : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={css["option"]}
            onClick={() => onChoose(suggestion)}
          >
            <span className="mono truncate">{suggestion.label}</span>
            {suggestion.hint !== undefined && <span className={css["hint"]}>{suggestion.hint}</span>}
          </div>
        ))}
      </div>
      <div className={css["foot"]} aria-hidden="true">
        <span>
          <Kbd>Tab</Kbd> complete
        </span>
        <span>
          <Kbd>Enter</Kbd> apply
        </span>
        <span>-not · a,b either · * any text · @attribute</span>
      </div>
    </div>
  );
}

function scrollTo(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
