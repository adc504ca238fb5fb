/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- The status as it was sent: \`status_code\` is ERROR also where only the span's dialect says that it failed. In rows that
-- were written before this column the two are the same until they are read again.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS wire_status_code LowCardinality(String) DEFAULT status_code;
`;
