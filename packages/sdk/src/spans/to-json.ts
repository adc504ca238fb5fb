const MAX_DEPTH = 50;
/** Members and items of one value. Past it the rest is cut: a request object or an ORM's graph has no end. */
const MAX_VALUES = 20_000;

/**
 * JSON of any value, for an attribute. Big integers become digits, a circle "[Circular]", an error its name and
 * message, bytes their number; maps and sets become objects and lists. What throws while it is read becomes a text
 * that says so, and costs nothing else. At most 50 levels and 20,000 values, so that no value blocks the process.
 * Undefined for what JSON has no word for (undefined, a function, a symbol). Never throws.
 */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(new PlainCopy().of(value)) as string | undefined;
  } catch (error) {
    return JSON.stringify(unreadable(error));
  }
}

/** The object as it is after a journey through JSON: of bounded size, without circles and methods. */
export function toPlain(value: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(toJson(value) ?? "{}") as Record<string, unknown>;
}

/** A text as it is, anything else as JSON; undefined for nothing. */
export function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : toJson(value);
}

/** Copies one value into what JSON has: no circles, no accessors, no methods, and of bounded size. */
class PlainCopy {
  #valuesLeft = MAX_VALUES;
  readonly #ancestors = new Set<object>();

  of(value: unknown, key = ""): unknown {
    this.#valuesLeft--;
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (this.#ancestors.has(value)) return "[Circular]";
    if (this.#valuesLeft <= 0 || this.#ancestors.size >= MAX_DEPTH) return "[cut]";
    this.#ancestors.add(value);
    try {
      return this.#ofObject(value, key);
    } catch (error) {
      return unreadable(error);
    } finally {
      this.#ancestors.delete(value);
    }
  }

  #ofObject(value: object, key: string): unknown {
    // A Buffer's own toJSON makes a list of its bytes.
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    if ("toJSON" in value && typeof value.toJSON === "function") {
      const json: unknown = value.toJSON(key);
      if (typeof json !== "object" || json === null) return this.of(json);
      // As JSON does: what toJSON gives is not asked again.
      return json === value ? this.#ofMembers(value) : this.#ofPlain(json);
    }
    return this.#ofPlain(value);
  }

  #ofPlain(value: object): unknown {
    if (Array.isArray(value)) return this.#ofItems(value, value.length);
    if (value instanceof Set) return this.#ofItems(value, value.size);
    if (value instanceof Map) return this.#ofMembers(Object.fromEntries(value) as object);
    if (value instanceof Error) {
      return { ...(this.#ofMembers(value) as object), name: value.name, message: value.message };
    }
    return this.#ofMembers(value);
  }

  #ofItems(items: Iterable<unknown>, length: number): unknown[] {
    const copy: unknown[] = [];
    for (const item of items) {
      if (this.#valuesLeft <= 0) {
        copy.push(`[${length - copy.length} more]`);
        break;
      }
      copy.push(this.of(item));
    }
    return copy;
  }

  #ofMembers(value: object): unknown {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (this.#valuesLeft <= 0) {
        copy["…"] = "[cut]";
        break;
      }
      try {
        const member = this.of((value as Record<string, unknown>)[key], key);
        // A method that is called toJSON would be asked once more.
        if (typeof member === "function") continue;
        if (key === "__proto__") Object.defineProperty(copy, key, { value: member, enumerable: true });
        else copy[key] = member;
      } catch (error) {
        copy[key] = unreadable(error);
      }
    }
    return copy;
  }
}

function unreadable(error: unknown): string {
  return `[not readable: ${error instanceof Error ? error.message : "it throws"}]`;
}
