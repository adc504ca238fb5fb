import type { FieldTerm, Filter, FilterTerm } from "./filter.ts";
import { literalValue } from "./value-pattern.ts";

/**
 * {@link Filter} → text that {@link parseFilter} reads back as exactly the same filter (of valid terms with
 * non-empty texts and at least one value). Quotes stand only where they are needed.
 */
export function printFilter(filter: Filter): string {
  return filter.map(printTerm).join(" ");
}

/** The text of one term: the field has exactly this value, whatever stars and quotes are in it. */
export function printEquals(field: string, value: string): string {
  return printTerm({ type: "field", field, op: "=", values: [literalValue(value)], negated: false });
}

export function printTerm(term: FilterTerm): string {
  const sign = term.negated ? "-" : "";
  if (term.type === "text") {
    const bare = /^[^\s":*@-][^\s":*]*$/.test(term.text);
    return sign + (bare ? term.text : quote(term.text));
  }
  const op = term.op === "=" ? "" : term.op;
  return `${sign}${printField(term.field)}:${op}${printValues(term)}`;
}

function printField(field: string): string {
  if (!field.startsWith("@")) return field;
  const key = field.slice(1);
  return /^[^\s":]+$/.test(key) ? field : `@${quote(key)}`;
}

function printValues(term: FieldTerm): string {
  return term.values.map((value) => printValue(value)).join(",");
}

/** Stars and backslashes mean something outside quotes and nothing inside, so they stay outside. */
function printValue(value: string): string {
  if (value === "") return '""';
  return value
    .split(/([*\\]+)/)
    .map((piece, index) => {
      if (piece === "" || index % 2 === 1) return piece;
      // An operator, or the slashes that make `field://` a URL.
      const opensOddly = index === 0 && /^([<>=]|\/\/)/.test(piece);
      return opensOddly || /[\s",]/.test(piece) ? quote(piece) : piece;
    })
    .join("");
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
