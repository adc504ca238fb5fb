import { FILTER_FIELDS, type FieldTerm, type Filter, type FilterField, type FilterTerm } from "./filter.ts";
import { parseDurationMs, parseFilterNumber } from "./parse-duration-ms.ts";
import { literalValue, parseValuePattern } from "./value-pattern.ts";

/** `position` is a 0-based offset into the text that was parsed. */
export interface FilterError {
  message: string;
  position: number;
}

export type ParsedFilter = { filter: Filter; error?: undefined } | { filter?: undefined; error: FilterError };

const FIELDS = new Map(FILTER_FIELDS.map((field) => [field.name, field]));

/**
 * Text → {@link Filter}; the grammar is in `filter.ts`. Quoted text is literal, stars included, and may
 * stand beside unquoted text (`name:"two words"*`); in quotes, `\"` is a quote and `\\` a backslash.
 *
 * Forgiving while someone types: an open quote closes at the end of the text, and a last term that has no
 * value yet (`status:`, `-`) is left out. What cannot be meant (an unknown field, `latency:>fast`) is an
 * error that says where and what was expected. Never throws.
 */
export function parseFilter(text: string): ParsedFilter {
  const scanner = new Scanner(text);
  const filter: Filter = [];
  for (;;) {
    scanner.skipSpace();
    if (scanner.done) return { filter };
    const term = parseTerm(scanner);
    if (term !== undefined && "message" in term) return { error: term };
    if (term !== undefined) filter.push(term);
  }
}

/** The definition of a field by its name; any `@key` is a text field of the spans. */
export function findFilterField(name: string): FilterField | undefined {
  if (name.startsWith("@") && name.length > 1) {
    return { name, level: "span", type: "text", hint: "span attribute" };
  }
  return FIELDS.get(name);
}

function parseTerm(scanner: Scanner): FilterTerm | FilterError | undefined {
  const start = scanner.position;
  const negated = scanner.take("-");
  if (scanner.done || scanner.atSpace) return undefined;
  const field = parseFieldName(scanner);
  if (field === undefined) {
    const text = scanner.readText();
    return text === "" ? undefined : { type: "text", text, negated };
  }
  if (typeof field !== "string") return { ...field, position: start };
  const op = scanner.readOperator();
  if (scanner.done) return undefined;
  const valuesStart = scanner.position;
  const values = scanner.readValues();
  if (values.length === 0) {
    if (scanner.done) return undefined;
    return { message: `${field} needs a value, such as ${field}:${exampleValue(field)}`, position: start };
  }
  const term: FieldTerm = { type: "field", field, op, values, negated };
  const message = findTermProblem(term);
  return message === undefined ? term : { message, position: valuesStart };
}

/** The field's name with the scanner behind its colon; undefined when the term is plain text. */
function parseFieldName(scanner: Scanner): string | { message: string } | undefined {
  if (scanner.peek("@")) {
    const key = scanner.readAttributeKey();
    if (key === "") return { message: "@ needs an attribute key: @http.route:/ask" };
    if (!scanner.take(":")) return { message: `@${key} needs a value: @${key}:value, or @${key}:* for any` };
    return `@${key}`;
  }
  const name = scanner.peekWordBeforeColon();
  if (name === undefined) return undefined;
  const field = FIELDS.get(name.toLowerCase());
  if (field === undefined) {
    return {
      message: `There is no field "${name}". To search for the text, put it in quotes; an attribute is @${name}`,
    };
  }
  scanner.position += name.length + 1;
  return field.name;
}

/** What is wrong with a term's operator or values for its field, or undefined. Also checks terms made by code. */
export function findTermProblem(term: FieldTerm): string | undefined {
  const field = findFilterField(term.field);
  if (field === undefined) return `There is no field "${term.field}"`;
  const compares = term.op !== "=";
  for (const value of term.values) {
    if (field.type === "duration" && parseDurationMs(value) === undefined) {
      return `${field.name} needs a time with its unit, such as >2s or <=300ms`;
    }
    if (field.type === "number" && parseFilterNumber(value) === undefined) {
      return `${field.name} needs a number, such as >1000`;
    }
    if (field.type === "enum" && !(field.values ?? []).includes(value.toLowerCase())) {
      return `${field.name} is one of ${(field.values ?? []).join(", ")}`;
    }
    if (compares && field.name.startsWith("@") && parseFilterNumber(value) === undefined) {
      return `${field.name}:${term.op} needs a number`;
    }
  }
  if (compares && !field.name.startsWith("@") && (field.type === "text" || field.type === "enum")) {
    return `${field.name} cannot be compared with ${term.op}`;
  }
  return undefined;
}

function exampleValue(field: string): string {
  const known = FIELDS.get(field);
  if (known?.type === "duration") return ">2s";
  if (known?.type === "number") return ">100";
  return known?.values?.[0] ?? "value";
}

class Scanner {
  position = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.position >= this.text.length;
  }

  get atSpace(): boolean {
    return /\s/.test(this.text[this.position] ?? "");
  }

  peek(char: string): boolean {
    return this.text[this.position] === char;
  }

  take(char: string): boolean {
    if (!this.peek(char)) return false;
    this.position++;
    return true;
  }

  skipSpace(): void {
    while (!this.done && this.atSpace) this.position++;
  }

  /** `status` before `:`; a URL (`http://…`) is text, not a field. */
  peekWordBeforeColon(): string | undefined {
    return /^([a-z][a-z0-9_.-]*):(?!\/\/)/i.exec(this.text.slice(this.position, this.position + 200))?.[1];
  }

  readAttributeKey(): string {
    this.position++;
    if (this.peek('"')) return this.readQuoted();
    const start = this.position;
    while (!this.done && !this.atSpace && !this.peek(":") && !this.peek('"')) this.position++;
    return this.text.slice(start, this.position);
  }

  readOperator(): FieldTerm["op"] {
    for (const op of [">=", "<=", ">", "<", "="] as const) {
      if (this.text.startsWith(op, this.position)) {
        this.position += op.length;
        return op;
      }
    }
    return "=";
  }

  /** Values up to the next space; an empty one counts only when it is quoted. */
  readValues(): string[] {
    const values: string[] = [];
    do {
      const start = this.position;
      const value = this.readValue();
      if (value !== "" || this.position > start) values.push(value);
    } while (this.take(","));
    return values;
  }

  private readValue(): string {
    let value = "";
    while (!this.done && !this.atSpace && !this.peek(",")) {
      if (this.peek('"')) {
        value += literalValue(this.readQuoted());
      } else {
        value += this.text[this.position++];
      }
    }
    return value;
  }

  /** A bare or quoted word. Search is by substring, so stars at the ends of bare text add nothing. */
  readText(): string {
    let pattern = "";
    while (!this.done && !this.atSpace) {
      if (this.peek('"')) pattern += literalValue(this.readQuoted());
      else {
        const char = this.text[this.position++];
        pattern += char === "\\" ? "\\\\" : char;
      }
    }
    const pieces = parseValuePattern(pattern);
    while (pieces.length > 1 && pieces[0] === "") pieces.shift();
    while (pieces.length > 1 && pieces.at(-1) === "") pieces.pop();
    return pieces.join("*");
  }

  private readQuoted(): string {
    this.position++;
    let value = "";
    while (!this.done) {
      const char = this.text[this.position++];
      if (char === '"') break;
      const next = this.text[this.position];
      if (char === "\\" && (next === '"' || next === "\\")) {
        value += next;
        this.position++;
      } else {
        value += char;
      }
    }
    return value;
  }
}
