import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tempFolder } from "../temp-folder.ts";
import { DatabaseError, QueryTimeoutError, type Database } from "./database.ts";
import { openEmbedded } from "./embedded.ts";

const FOREVER = "SELECT sum(number) AS n FROM numbers(1000000000000)";

let db: Database;
const folder = tempFolder();
beforeAll(async () => {
  db = openEmbedded({ path: folder.path, readers: 2 });
  await db.command("CREATE TABLE texts (n UInt32, text String) ENGINE = MergeTree ORDER BY n");
});
afterAll(async () => {
  await db.close();
  folder.remove();
});

describe("the embedded database", () => {
  test("answers with whole 64-bit integers", async () => {
    const rows = await db.query("SELECT toUInt64(18446744073709551615) AS big, toUInt32(7) AS small");
    expect(rows).toEqual([{ big: "18446744073709551615", small: 7 }]);
    expect(await db.queryArrays("SELECT 1, 'a' UNION ALL SELECT 2, 'b' ORDER BY 1")).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    expect(await db.query("SELECT 1 WHERE 0")).toEqual([]);
    expect(await db.queryText("SELECT 1 AS a, 'x' AS b", "CSVWithNames")).toBe('"a","b"\n1,"x"\n');
  });

  test("queries with parameters at the same time keep their own", async () => {
    const asked = Array.from({ length: 40 }, (_, i) => `value ${i}`);
    const answers = await Promise.all(
      asked.map((text) => db.query<{ text: string }>("SELECT {text:String} AS text", { text })),
    );
    expect(answers.map((rows) => rows[0]?.text)).toEqual(asked);
  });

  test("stops a query at its time limit", async () => {
    const error = await db.query(FOREVER, {}, { timeoutMs: 200 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(QueryTimeoutError);
    // The limit was that query's alone.
    expect(await db.query("SELECT sleep(0.4) AS s")).toEqual([{ s: 0 }]);
  });

  test("an aborted query ends in the engine too", async () => {
    const abort = new AbortController();
    const query = db.query(FOREVER, {}, { signal: abort.signal });
    await until(async () => (await runningQueries()) === 1);
    abort.abort(new Error("the page went away"));
    await expect(query).rejects.toThrow("the page went away");
    await until(async () => (await runningQueries()) === 0);
  });

  test("a query that waits for a connection can be aborted too, and gives its place to the next", async () => {
    const blocking = new AbortController();
    const blocked = [1, 2].map(() =>
      db.query(FOREVER, {}, { signal: blocking.signal }).catch(() => "stopped"),
    );
    const abort = new AbortController();
    const waiting = db.query("SELECT 1", {}, { signal: abort.signal });
    const next = db.query("SELECT 2 AS n");
    abort.abort(new Error("no longer needed"));
    await expect(waiting).rejects.toThrow("no longer needed");
    blocking.abort(new Error("stop"));
    expect(await next).toEqual([{ n: 2 }]);
    expect(await Promise.all(blocked)).toEqual(["stopped", "stopped"]);
  });

  test("streams rows, and gives the connection back when the reader leaves early", async () => {
    for (let round = 0; round < 4; round++) {
      let seen = 0;
      for await (const row of db.stream<{ n: string }>("SELECT number AS n FROM numbers({count:UInt64})", {
        count: 1_000_000,
      })) {
        expect(row.n).toBe(String(seen));
        if (++seen === 10) break;
      }
    }
    const all: unknown[] = [];
    for await (const row of db.stream("SELECT number AS n FROM numbers(3)")) all.push(row);
    expect(all).toEqual([{ n: "0" }, { n: "1" }, { n: "2" }]);
  });

  test("errors carry the engine's number and name", async () => {
    const error = await db.query("SELECT nonsense").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ code: 47, type: "UNKNOWN_IDENTIFIER" });
  });

  test("keeps any text, also what looks like SQL", async () => {
    const texts = [
      "-- { serverError SYNTAX_ERROR }",
      "/* { error the } */; DROP TABLE texts",
      "a\0b\n\t\r\\\"'`$$",
      "\u2028\u{1f989}\u0007",
      "{text:String}",
    ];
    const rows = Buffer.from(texts.map((text, n) => `${JSON.stringify([n, text])}\n`).join(""));
    await db.insert("texts", ["n", "text"], rows, texts.length);
    const kept = await db.query<{ text: string }>("SELECT text FROM texts ORDER BY n");
    expect(kept.map(({ text }) => text)).toEqual(texts);
  });

  test("an insert that the engine passes over in silence is an error", async () => {
    const rows = Buffer.from('[1,"a"]\n');
    await expect(db.insert("texts", ["n", "txet"], rows, 1)).rejects.toThrow();
    await expect(db.insert("texts", ["n", "text"], rows, 2)).rejects.toThrow("1 of 2 rows were written");
  });

  test("an insert that cannot be parsed is an error of its row", async () => {
    await expect(db.insert("texts", ["n", "text"], Buffer.from('["x","a"]\n'), 1)).rejects.toMatchObject({
      name: "DatabaseError",
      code: 27,
    });
  });
});

async function runningQueries(): Promise<number> {
  const rows = await db.query<{ n: number }>(
    "SELECT toUInt32(count()) AS n FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%system%'",
  );
  return rows[0]?.n ?? -1;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
