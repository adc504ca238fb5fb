import type { FieldTerm, Filter, FilterTerm } from "./filter.ts";

/**
 * A filter with one more term, for "click to filter". Values of the same field join the term that is there
 * (`service:a` and a click on b: `service:a,b`); the opposite term (`-service:a`) loses the value.
 * The given filter is left as it is.
 */
export function addTerm(filter: Filter, term: FilterTerm): Filter {
  const without = removeTerm(filter, { ...term, negated: !term.negated });
  if (term.type === "text") {
    return without.some((other) => sameText(other, term)) ? without : [...without, term];
  }
  const index = without.findIndex((other) => sameField(other, term));
  const present = without[index];
  if (present?.type !== "field") return [...without, term];
  // Two bounds of a number are both meant (`>2s`, `>5s` is the narrower), so only equalities join.
  const values = [...present.values, ...term.values.filter((value) => !present.values.includes(value))];
  if (values.length === present.values.length) return without;
  if (term.op !== "=") return [...without, term];
  return without.with(index, { ...present, values });
}

/** A filter without the term: its values leave the terms of that field; a term without values goes. */
export function removeTerm(filter: Filter, term: FilterTerm): Filter {
  return filter.flatMap((other): FilterTerm[] => {
    if (term.type === "text") return sameText(other, term) ? [] : [other];
    if (other.type !== "field" || !sameField(other, term)) return [other];
    const values = other.values.filter((value) => !term.values.includes(value));
    return values.length === 0 ? [] : [{ ...other, values }];
  });
}

/** Whether the filter has the term, value by value. */
export function hasTerm(filter: Filter, term: FilterTerm): boolean {
  return filter.some((other) => {
    if (term.type === "text") return sameText(other, term);
    if (other.type !== "field" || !sameField(other, term)) return false;
    return term.values.every((value) => other.values.includes(value));
  });
}

function sameField(other: FilterTerm, term: FieldTerm): boolean {
  return (
    other.type === "field" &&
    other.field === term.field &&
    other.op === term.op &&
    other.negated === term.negated
  );
}

function sameText(other: FilterTerm, term: FilterTerm): boolean {
  return (
    other.type === "text" &&
    term.type === "text" &&
    other.text === term.text &&
    other.negated === term.negated
  );
}
