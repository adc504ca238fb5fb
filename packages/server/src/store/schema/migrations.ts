import { sql as spansAndTraces } from "./0001-spans-and-traces.ts";
import { sql as logs } from "./0002-logs.ts";
import { sql as costs } from "./0003-costs.ts";
import { sql as annotations } from "./0004-annotations.ts";
import { sql as displayName } from "./0005-display-name.ts";
import { sql as prompts } from "./0006-prompts.ts";
import { sql as retrievals } from "./0007-retrievals.ts";
import { sql as fewerMerges } from "./0008-fewer-merges.ts";
import { sql as promptsOfCalls } from "./0009-prompts-of-calls.ts";
import { sql as cumulativeUsage } from "./0010-cumulative-usage.ts";
import { sql as statusByDialect } from "./0011-status-by-dialect.ts";

/** One step of the schema. Never changed once it was released: its checksum is kept in each data folder. */
export interface Migration {
  id: string;
  /** Statements end in `;` at the end of a line. Each must do no harm when it is run twice. */
  sql: string;
}

/** In the order in which they are applied. */
export const MIGRATIONS: readonly Migration[] = [
  { id: "0001-spans-and-traces", sql: spansAndTraces },
  { id: "0002-logs", sql: logs },
  { id: "0003-costs", sql: costs },
  { id: "0004-annotations", sql: annotations },
  { id: "0005-display-name", sql: displayName },
  { id: "0006-prompts", sql: prompts },
  { id: "0007-retrievals", sql: retrievals },
  { id: "0008-fewer-merges", sql: fewerMerges },
  { id: "0009-prompts-of-calls", sql: promptsOfCalls },
  { id: "0010-cumulative-usage", sql: cumulativeUsage },
  { id: "0011-status-by-dialect", sql: statusByDialect },
];
