import { describe, expect, test } from "vitest";
import { bind } from "./bind.ts";

describe("bind", () => {
  test("puts literals in the place of parameters", () => {
    expect(bind("SELECT {a:String}, {n:UInt64}", { a: "x", n: 12n })).toBe("SELECT 'x', toUInt64('12')");
    expect(bind("{l: Array(String)}", { l: ["a", "b"] })).toBe("['a','b']");
    expect(bind("{l:Array(String)}", { l: [] })).toBe("CAST([], 'Array(String)')");
    expect(bind("{x:Nullable(Int32)}", { x: null })).toBe("NULL");
    expect(bind("{f:Float64} {b:Bool}", { f: 0.5, b: true })).toBe("toFloat64('0.5') true");
    expect(bind("{c:Identifier}", { c: "start_ns" })).toBe("`start_ns`");
  });

  test("a text cannot end its literal", () => {
    expect(bind("{a:String}", { a: "' OR 1=1 --" })).toBe("'\\' OR 1=1 --'");
    expect(bind("{a:String}", { a: "\\' OR 1=1 --" })).toBe("'\\\\\\' OR 1=1 --'");
    expect(bind("{a:String}", { a: "a\0b" })).toBe("'a\\0b'");
  });

  test("a value is not looked at again", () => {
    expect(bind("{a:String} {b:String}", { a: "{b:String}", b: "$&" })).toBe("'{b:String}' '$&'");
  });

  test("refuses what does not fit its type", () => {
    expect(() => bind("{n:UInt32}", { n: "1 OR 1" })).toThrow("parameter n is not of type UInt32");
    expect(() => bind("{n:UInt32}", { n: -1 })).toThrow("not of type");
    expect(() => bind("{n:Int64}", { n: 2 ** 60 })).toThrow("not of type");
    expect(() => bind("{f:Float64}", { f: Number.NaN })).toThrow("not of type");
    expect(() => bind("{a:String}", { a: 1 })).toThrow("not of type");
    expect(() => bind("{a:Array(String)}", { a: "x" })).toThrow("not of type");
    expect(() => bind("{c:Identifier}", { c: "a`b" })).toThrow("not of type");
  });

  test("refuses a parameter without a value, and a type it does not know", () => {
    expect(() => bind("{a:String}")).toThrow("parameter a has no value");
    expect(() => bind("{toString:String}", {})).toThrow("parameter toString has no value");
    expect(() => bind("{a:Tuple(String)}", { a: "x" })).toThrow("not supported");
  });
});
