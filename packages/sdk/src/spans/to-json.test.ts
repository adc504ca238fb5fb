import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toJson, toText } from "./to-json.ts";

const read = (value: unknown): unknown => JSON.parse(toJson(value) ?? "null");

describe("toJson", () => {
  it("writes what JSON.stringify writes for what JSON has", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("never throws, and gives JSON or nothing, for any value", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const json = toJson(value);
        if (json !== undefined) JSON.parse(json);
      }),
    );
  });

  it.each([undefined, () => 1, Symbol("s")])("has no word for %s", (value) => {
    expect(toJson(value)).toBeUndefined();
  });

  it("marks a circle where it closes, and writes what is merely used twice", () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { a: shared, b: shared };
    value["self"] = value;
    expect(read(value)).toEqual({ a: { n: 1 }, b: { n: 1 }, self: "[Circular]" });
  });

  it("keeps every digit of a big integer", () => {
    expect(read({ n: 12345678901234567890n })).toEqual({ n: "12345678901234567890" });
  });

  it("reads errors, maps, sets, dates and bytes", () => {
    const error = Object.assign(new TypeError("no"), { code: "E" });
    expect(read({ error, map: new Map([["k", 1]]), set: new Set([1, 2]), at: new Date(0) })).toEqual({
      error: { code: "E", name: "TypeError", message: "no" },
      map: { k: 1 },
      set: [1, 2],
      at: "1970-01-01T00:00:00.000Z",
    });
    expect(read([Buffer.alloc(10), new Float32Array(2), new ArrayBuffer(3)])).toEqual([
      "[10 bytes]",
      "[8 bytes]",
      "[3 bytes]",
    ]);
  });

  it("does not list the bytes of a buffer before it counts them", () => {
    const buffer = Buffer.alloc(8);
    buffer.toJSON = () => {
      throw new Error("listed");
    };
    expect(read({ buffer })).toEqual({ buffer: "[8 bytes]" });
  });

  it("loses only the member that throws", () => {
    const value = {
      good: 1,
      get bad(): never {
        throw new Error("locked");
      },
      worse: {
        toJSON(): never {
          throw new Error("no JSON");
        },
      },
    };
    expect(read(value)).toEqual({
      good: 1,
      bad: "[not readable: locked]",
      worse: "[not readable: no JSON]",
    });
  });

  it("reads proxies, and says so of one that refuses", () => {
    expect(read({ p: new Proxy({ a: 1 }, {}) })).toEqual({ p: { a: 1 } });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(toJson({ proxy, b: 2 })).toMatch(/^\{"proxy":"\[not readable: .*","b":2\}$/);
  });

  it("asks toJSON once, with its key", () => {
    const inner = { toJSON: () => "asked again" };
    const keys: string[] = [];
    const outer = {
      toJSON(key: string) {
        keys.push(key);
        return { ...inner, n: 1 };
      },
    };
    expect(read({ outer })).toEqual(JSON.parse(JSON.stringify({ outer })));
    expect(keys).toEqual(["outer", "outer"]);
  });

  it("cuts a graph that would never end", () => {
    let graph: object = {};
    for (let depth = 0; depth < 40; depth++) graph = { left: graph, right: graph };
    const json = toJson(graph)!;
    expect(json).toContain("[cut]");
    expect(json.length).toBeLessThan(5_000_000);
  });

  it("cuts a long list and says how much is missing", () => {
    const list = read({ list: Array.from({ length: 1_000_000 }, (_, i) => i) }) as { list: unknown[] };
    expect(list.list.length).toBeLessThan(30_000);
    expect(list.list.at(-1)).toBe(`[${1_000_000 - list.list.length + 1} more]`);
  });

  it("cuts what is too deep", () => {
    let deep: object = {};
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    expect(toJson(deep)).toContain('"[cut]"');
  });

  it("does not follow a member that is called __proto__", () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    expect(toJson(hostile)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("toText", () => {
  it("leaves a text as it is", () => {
    expect(toText('say "hi"')).toBe('say "hi"');
    expect(toText({ a: 1 })).toBe('{"a":1}');
  });
});
