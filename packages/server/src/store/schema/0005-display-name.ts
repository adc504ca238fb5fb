/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- What a person calls the span, where its own name says little; empty where the name will do, and in rows that were
-- written before this column until they are read again.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS display_name String CODEC(ZSTD(1)) AFTER name;
`;
