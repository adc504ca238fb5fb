import { expect, test } from "vitest";
import { openEmbedded } from "../db/embedded.ts";
import { migrate } from "../migrate.ts";
import { tempFolder } from "../temp-folder.ts";
import { MIGRATIONS } from "./migrations.ts";

test("the status of spans from before is what was sent", async () => {
  const folder = tempFolder();
  const older = openEmbedded({ path: folder.path });
  const before = MIGRATIONS.findIndex(({ id }) => id === "0011-status-by-dialect");
  await migrate(older, MIGRATIONS.slice(0, before));
  await older.command(
    `INSERT INTO spans (project, start_hour, trace_id, span_id, version, kind, status_code)
     VALUES ('shop', 489000, 't', 's', 1, 'LLM', 'ERROR')`,
    {},
  );
  await migrate(older);
  const rows = await older.query("SELECT span_id, status_code, wire_status_code FROM spans FINAL");
  await older.close();
  folder.remove();
  expect(rows).toEqual([{ span_id: "s", status_code: "ERROR", wire_status_code: "ERROR" }]);
});
