/** An id as Phoenix writes them: opaque text that holds a type and a name. */
export function formatId(type: string, name: string): string {
  return Buffer.from(`${type}:${name}`).toString("base64url");
}

/** The project that an id of {@link formatId} means; what is no such id is a name. */
export function projectNameOf(text: string): string {
  const [, name] = /^Project:(.+)$/s.exec(Buffer.from(text, "base64url").toString("utf8")) ?? [];
  return name !== undefined && formatId("Project", name) === text.replace(/=+$/, "") ? name : text;
}

/** Nanoseconds to ISO 8601 with microseconds and `+00:00`: a form that Python's `fromisoformat` reads in every version. */
export function formatTime(timeNs: string): string {
  const ns = BigInt(timeNs);
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19);
  const micros = (ns / 1000n) % 1_000_000n;
  return `${seconds}.${micros.toString().padStart(6, "0")}+00:00`;
}
