import { expect, test } from "vitest";
import { openEmbedded } from "../db/embedded.ts";
import { migrate } from "../migrate.ts";
import { tempFolder } from "../temp-folder.ts";
import { MIGRATIONS } from "./migrations.ts";

test("calls from before take their prompt from their spans", async () => {
  const folder = tempFolder();
  const older = openEmbedded({ path: folder.path });
  const before = MIGRATIONS.findIndex(({ id }) => id === "0009-prompts-of-calls");
  await migrate(older, MIGRATIONS.slice(0, before));
  const written = { s1: "v1", s2: "" };
  for (const [spanId, versionId] of Object.entries(written)) {
    await older.command(
      `INSERT INTO spans (project, start_hour, trace_id, span_id, version, kind, prompt_template_id, prompt_version_id)
       VALUES ('shop', 489000, 't', {spanId:String}, 1, 'LLM', if({versionId:String} = '', '', 't1'), {versionId:String})`,
      { spanId, versionId },
    );
    await older.command(
      "INSERT INTO calls (project, start_hour, trace_id, span_id, version, cost_usd) VALUES ('shop', 489000, 't', {spanId:String}, 1, 0.5)",
      { spanId },
    );
  }
  await migrate(older);
  const rows = await older.query(
    "SELECT span_id, prompt_template_id, prompt_version_id, cost_usd FROM calls FINAL ORDER BY span_id",
  );
  await older.close();
  folder.remove();
  expect(rows).toEqual([
    { span_id: "s1", prompt_template_id: "t1", prompt_version_id: "v1", cost_usd: 0.5 },
    { span_id: "s2", prompt_template_id: "", prompt_version_id: "", cost_usd: 0.5 },
  ]);
});
