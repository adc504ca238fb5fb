/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- Parts are merged ten at a time rather than five while many come in: each row is written again less often. Parts that have been
-- left alone for a while are merged as before.
ALTER TABLE spans MODIFY SETTING merge_selector_base = 10;
ALTER TABLE calls MODIFY SETTING merge_selector_base = 10;
ALTER TABLE traces MODIFY SETTING merge_selector_base = 10;
`;
