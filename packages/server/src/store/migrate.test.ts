import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "./db/database.ts";
import { openEmbedded } from "./db/embedded.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./schema/migrations.ts";
import { DOCUMENT_COLUMNS, RETRIEVAL_COLUMNS } from "./retrieval-rows.ts";
import { SPAN_COLUMNS } from "./rows.ts";
import { tempFolder } from "./temp-folder.ts";
import { TRACE_COLUMNS } from "./trace-rows.ts";

let db: Database;
const folder = tempFolder();
beforeAll(() => void (db = openEmbedded({ path: folder.path })));
afterAll(async () => {
  await db.close();
  folder.remove();
});

test("applies what is new, once", async () => {
  expect(await migrate(db)).toEqual(MIGRATIONS.map(({ id }) => id));
  expect(await migrate(db)).toEqual([]);
  const second = {
    id: "0099-more",
    sql: "-- a note; with a semicolon\nCREATE TABLE IF NOT EXISTS a (n UInt8) ENGINE = Memory;\nCREATE TABLE IF NOT EXISTS b (n UInt8) ENGINE = Memory;\n",
  };
  expect(await migrate(db, [...MIGRATIONS, second])).toEqual(["0099-more"]);
  expect(await db.query("SELECT name FROM system.tables WHERE name IN ('a', 'b') ORDER BY name")).toEqual([
    { name: "a" },
    { name: "b" },
  ]);
});

test("refuses a folder of a newer version", async () => {
  await expect(migrate(db)).rejects.toThrow("written by a newer version of nightowl (schema step 0099-more)");
});

test("a step that failed half-way runs again; one that was changed is refused", async () => {
  const known = [...MIGRATIONS, { id: "0099-more", sql: "" }];
  await expect(migrate(db, known)).rejects.toThrow("0099-more of this data folder is not the one");

  const table = "CREATE TABLE IF NOT EXISTS c (n UInt8) ENGINE = Memory;\n";
  const others = MIGRATIONS.concat({
    id: "0099-more",
    sql: "-- a note; with a semicolon\nCREATE TABLE IF NOT EXISTS a (n UInt8) ENGINE = Memory;\nCREATE TABLE IF NOT EXISTS b (n UInt8) ENGINE = Memory;",
  });
  await expect(migrate(db, [...others, { id: "0100", sql: `${table}CREATE NONSENSE;` }])).rejects.toThrow();
  expect(await migrate(db, [...others, { id: "0100", sql: table }])).toEqual(["0100"]);
});

test("the columns that are written are those of the tables", async () => {
  const columnsOf = async (table: string) =>
    (
      await db.query<{ name: string }>(
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
        { table },
      )
    ).map(({ name }) => name);
  expect([...SPAN_COLUMNS].sort()).toEqual((await columnsOf("spans")).sort());
  expect([...TRACE_COLUMNS].sort()).toEqual((await columnsOf("traces")).sort());
  expect(RETRIEVAL_COLUMNS).toEqual(await columnsOf("retrievals"));
  expect([...DOCUMENT_COLUMNS].sort()).toEqual((await columnsOf("documents")).sort());
});
