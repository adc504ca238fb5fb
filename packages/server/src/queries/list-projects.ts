import type { listProjects as contract } from "@nightowl/model/api/projects";
import type { z } from "zod";
import type { Database } from "../store/db/database.ts";
import { QueryInputError } from "./query-input-error.ts";

export type ProjectSummary = z.output<typeof contract.response>["data"][number];

/** The project that spans without one go to; it exists before its first trace. */
export const DEFAULT_PROJECT = "default";

interface Row {
  project: string;
  trace_count: string;
  first_ns: string;
  last_ns: string;
}

/** Projects that have traces, the one with the latest trace first. */
export async function listProjects(db: Database): Promise<ProjectSummary[]> {
  const rows = await db.query<Row>(
    `SELECT project, count() AS trace_count, min(start_ns) AS first_ns, max(start_ns) AS last_ns
FROM traces FINAL GROUP BY project ORDER BY last_ns DESC, project`,
  );
  return rows.map((row) => ({
    name: row.project,
    traceCount: Number(row.trace_count),
    firstTraceNs: row.first_ns,
    lastTraceNs: row.last_ns,
  }));
}

/**
 * For an answer that would be empty: is there nothing in the project, or no such project?
 * @throws {QueryInputError} `not_found` for a project without any trace, unless it is the default one.
 */
export async function requireProject(db: Database, project: string): Promise<void> {
  if (project === DEFAULT_PROJECT) return;
  const found = await db.query("SELECT 1 FROM spans WHERE project = {project:String} LIMIT 1", { project });
  if (found.length > 0) return;
  throw new QueryInputError(
    "not_found",
    `There is no project "${project}".`,
    "A project is there from its first span on; GET /api/projects lists them.",
  );
}
