import type { listProjects } from "../queries/list-projects.ts";

/** What routes need to ask the store. */
export interface Asker {
  db: Parameters<typeof listProjects>[0];
  /** Brings the traces' summaries up to what was received; whoever reads them calls it first. */
  freshen: () => Promise<void>;
}
