/** Prompt templates: which one a model call used, and what is known of each. */
export const sql = `
-- Empty: the span is no model call, or its prompt follows no template that is known.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS prompt_template_id LowCardinality(String) AFTER prompt_version;
ALTER TABLE spans ADD COLUMN IF NOT EXISTS prompt_version_id LowCardinality(String) AFTER prompt_template_id;

CREATE TABLE IF NOT EXISTS prompt_templates
(
    project LowCardinality(String),
    template_id String,
    version UInt64,
    -- declared (the application names it) or discovered (mined from traffic).
    source LowCardinality(String),
    name String,
    -- The template that this one turned out to be, or empty.
    merged_into String
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, template_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row per wording of a template. What the miner must know to go on after a restart is in state.
CREATE TABLE IF NOT EXISTS prompt_versions
(
    project LowCardinality(String),
    version_id String,
    version UInt64,
    template_id String,
    -- The version as the application names it, or empty.
    label String,
    -- JSON: the messages, each a list of texts and variables; see the model's prompt pattern.
    pattern String CODEC(ZSTD(1)),
    state String CODEC(ZSTD(1)),
    call_count UInt64,
    first_ns UInt64,
    last_ns UInt64,
    -- The version that this one turned out to be, or empty.
    merged_into String
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, version_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
`;
