import { useSuggestions } from "../../data/use-traces.ts";
import {
  suggestFromGrammar,
  valueText,
  type FilterCompletion,
  type Suggestion,
} from "../../view/filter-tokens.ts";
import { formatCount } from "../../view/format-number.ts";

const MOST = 30;

/** What may stand at the caret: fields and operators by the grammar, values from the project's data. */
export function useFilterSuggestions(
  project: string,
  completion: FilterCompletion | undefined,
): Suggestion[] {
  const asksServer = completion?.type === "value" && completion.field.type === "text";
  const field = asksServer ? completion.field.name : undefined;
  const prefix = asksServer ? completion.prefix : "";
  const { data } = useSuggestions(project, field, prefix);
  if (completion === undefined) return [];
  if (!asksServer || field === undefined) return suggestFromGrammar(completion);
  return (data?.values ?? [])
    .filter(
      ({ value, label = value }) =>
        value !== prefix && [value, label].some((text) => text.toLowerCase().includes(prefix.toLowerCase())),
    )
    .slice(0, MOST)
    .map(({ value, label = value, count }) => ({
      insert: valueText(field, value),
      label,
      hint: formatCount(count),
      complete: true,
    }));
}
