import { parseFilter } from "@nightowl/model/filter/parse-filter";
import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import type { CostSearch } from "../../data/cost-search.ts";
import css from "./cost.module.css";
import { COST_DIMENSIONS, dimensionOf } from "./measures.ts";

const ATTRIBUTE = "@";

/** Which calls, and what their cost is divided by. */
export function CostBar({
  search,
  onSearch,
}: {
  project: string;
  search: CostSearch;
  onSearch: (next: CostSearch, replace?: boolean) => void;
}) {
  const filterRef = useRef<HTMLInputElement>(null);
  const byRef = useRef<HTMLSelectElement>(null);
  useHotkeys("/", () => filterRef.current?.focus(), { preventDefault: true, useKey: true });
  useHotkeys("b", () => byRef.current?.focus(), { preventDefault: true });
  const by = dimensionOf(search.by);
  const isAttribute = by.name.startsWith(ATTRIBUTE);
  const [asking, setAsking] = useState(false);
  const divide = (name: string) => {
    const { by: _by, sortBy: _sortBy, ...rest } = search;
    onSearch(name === "model" ? rest : { ...rest, by: name });
  };
  return (
    <div className={css["bar"]}>
      <FilterField key={search.filter ?? ""} inputRef={filterRef} search={search} onSearch={onSearch} />
      <label className={css["by"]}>
        by
        <select
          ref={byRef}
          value={isAttribute || asking ? ATTRIBUTE : by.name}
          title={by.hint}
          onChange={(event) => {
            setAsking(event.target.value === ATTRIBUTE);
            if (event.target.value !== ATTRIBUTE) divide(event.target.value);
          }}
        >
          {COST_DIMENSIONS.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
          <option value={ATTRIBUTE}>Attribute …</option>
        </select>
        {(isAttribute || asking) && (
          <input
            className={css["attribute"]}
            aria-label="Attribute key"
            placeholder="http.route"
            autoFocus={asking}
            defaultValue={isAttribute ? by.name.slice(1) : ""}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              const key = event.currentTarget.value.trim().replace(/^@/, "");
              setAsking(false);
              divide(key === "" ? "model" : `${ATTRIBUTE}${key}`);
            }}
          />
        )}
      </label>
    </div>
  );
}

function FilterField({
  inputRef,
  search,
  onSearch,
}: {
  inputRef: React.RefObject<HTMLInputElement | null>;
  search: CostSearch;
  onSearch: (next: CostSearch) => void;
}) {
  const [text, setText] = useState(search.filter ?? "");
  const [tried, setTried] = useState(false);
  const { error } = parseFilter(text);
  const apply = () => {
    setTried(true);
    if (error !== undefined) return;
    const { filter: _filter, ...rest } = search;
    onSearch(text.trim() === "" ? rest : { ...rest, filter: text.trim() });
  };
  return (
    <div className={css["filter"]}>
      <Search size={14} aria-hidden="true" />
      <input
        ref={inputRef}
        value={text}
        aria-label="Filter"
        aria-invalid={tried && error !== undefined}
        placeholder="Filter: user:ann model:gpt-4o* tag:beta @http.route:/ask"
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setTried(false);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") apply();
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        onBlur={apply}
      />
      {tried && error !== undefined && (
        <span role="alert" className={css["problem"]}>
          {error.message}
        </span>
      )}
    </div>
  );
}
