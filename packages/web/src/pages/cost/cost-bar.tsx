import { useRef, useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import type { CostSearch } from "../../data/cost-search.ts";
import { FilterBar } from "../../frame/filter/filter-bar.tsx";
import css from "./cost.module.css";
import { COST_DIMENSIONS, dimensionOf } from "./measures.ts";

const ATTRIBUTE = "@";

/** Which calls, and what their cost is divided by. */
export function CostBar({
  project,
  search,
  onSearch,
}: {
  project: string;
  search: CostSearch;
  onSearch: (next: CostSearch, replace?: boolean) => void;
}) {
  const byRef = useRef<HTMLSelectElement>(null);
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
      <FilterBar
        project={project}
        filter={search.filter ?? ""}
        onApply={(filter) => {
          const { filter: _old, ...rest } = search;
          if (filter !== (search.filter ?? "")) onSearch(filter === "" ? rest : { ...rest, filter });
        }}
      />
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
