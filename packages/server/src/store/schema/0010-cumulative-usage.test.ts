import { expect, test } from "vitest";
import { openEmbedded } from "../db/embedded.ts";
import { migrate } from "../migrate.ts";
import { tempFolder } from "../temp-folder.ts";
import { MIGRATIONS } from "./migrations.ts";

test("spans from before keep what they have, and report no cumulative usage until they are read again", async () => {
  const folder = tempFolder();
  const older = openEmbedded({ path: folder.path });
  const before = MIGRATIONS.findIndex(({ id }) => id === "0010-cumulative-usage");
  await migrate(older, MIGRATIONS.slice(0, before));
  await older.command(
    `INSERT INTO spans (project, start_hour, trace_id, span_id, version, kind, input_tokens, cost_usd)
     VALUES ('shop', 489000, 't', 's', 1, 'LLM', 1217, 0.5)`,
    {},
  );
  await migrate(older);
  const rows = await older.query("SELECT span_id, input_tokens, cumulative_usage, cost_usd FROM spans FINAL");
  await older.close();
  folder.remove();
  expect(rows).toEqual([{ span_id: "s", input_tokens: "1217", cumulative_usage: false, cost_usd: 0.5 }]);
});
