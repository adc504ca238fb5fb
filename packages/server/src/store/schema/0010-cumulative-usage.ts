/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- Whether the calls below the span report the tokens of those before with their own; false in rows that were written
-- before this column until they are read again.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS cumulative_usage Bool DEFAULT false;
`;
