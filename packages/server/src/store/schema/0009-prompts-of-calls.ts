/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- Which template and version a call follows, declared or discovered, in place of what was declared alone.
ALTER TABLE calls DROP COLUMN IF EXISTS prompt_name;
ALTER TABLE calls DROP COLUMN IF EXISTS prompt_version;
ALTER TABLE calls MODIFY COLUMN prompt_template_id LowCardinality(String);
ALTER TABLE calls MODIFY COLUMN prompt_version_id LowCardinality(String);

-- Calls that were summarised before take it from their spans.
INSERT INTO calls
SELECT c.* REPLACE (c.version + 1 AS version, s.template_id AS prompt_template_id, s.version_id AS prompt_version_id)
FROM (SELECT * FROM calls FINAL WHERE prompt_version_id = '') AS c
INNER JOIN (
    SELECT project, start_hour, trace_id, span_id, prompt_template_id AS template_id, prompt_version_id AS version_id
    FROM spans FINAL WHERE prompt_version_id != ''
) AS s ON c.project = s.project AND c.start_hour = s.start_hour AND c.trace_id = s.trace_id AND c.span_id = s.span_id
SETTINGS join_algorithm = 'grace_hash', max_partitions_per_insert_block = 0;
`;
