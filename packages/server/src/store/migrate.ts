import { createHash } from "node:crypto";
import type { Database } from "./db/database.ts";
import { MIGRATIONS, type Migration } from "./schema/migrations.ts";

/** The data folder cannot be used by this version; the message says what to do. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

const CREATE_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migrations
(
    id String,
    checksum String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/**
 * Brings the schema up to date: each migration that has not been applied, in order, one statement at a time.
 * A step is noted as applied after its last statement; one that was interrupted runs again.
 *
 * @returns the ids that were applied now.
 * @throws {MigrationError} when the folder was written by a newer version, or a step was changed after it
 *   was applied.
 */
export async function migrate(
  db: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<string[]> {
  await db.command(CREATE_TABLE);
  const applied = new Map(
    (
      await db.query<{ id: string; checksum: string }>("SELECT id, checksum FROM schema_migrations FINAL")
    ).map(({ id, checksum }) => [id, checksum]),
  );
  refuseUnknown([...applied.keys()], migrations);
  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = checksumOf(migration.sql);
    const before = applied.get(migration.id);
    if (before === checksum) continue;
    if (before !== undefined) {
      throw new MigrationError(
        `The schema step ${migration.id} of this data folder is not the one this version knows. ` +
          "Use the version that wrote the folder, or start with a new folder.",
      );
    }
    for (const statement of statementsOf(migration.sql)) await db.command(statement);
    const row = Buffer.from(`${JSON.stringify([migration.id, checksum])}\n`);
    await db.insert("schema_migrations", ["id", "checksum"], row, 1);
    done.push(migration.id);
  }
  return done;
}

function refuseUnknown(applied: string[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ id }) => id));
  const unknown = applied.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The data folder was written by a newer version of nightowl (schema step ${unknown.sort().at(-1)}). ` +
      "Update nightowl, or start with a new folder with --data-dir.",
  );
}

/** Comments and blank space may change. */
function checksumOf(sql: string): string {
  return createHash("sha256").update(statementsOf(sql).join(";").replace(/\s+/g, " ")).digest("hex");
}

function statementsOf(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, "")
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
