/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- One row per annotation; the same target, name and identifier again replaces it. What it belongs to (project,
-- trace) is found when its target is there; until then both are empty and the annotation waits.
CREATE TABLE IF NOT EXISTS annotations
(
    target_kind LowCardinality(String),
    -- A span id, a trace id or a session id. Documents are found by their span and position (from 0; else -1).
    target_id String CODEC(ZSTD(1)),
    position Int32,
    name LowCardinality(String),
    identifier String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8,

    project LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    annotator_kind LowCardinality(String),
    label Nullable(String) CODEC(ZSTD(1)),
    score Nullable(Float64),
    explanation Nullable(String) CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),
    source LowCardinality(String),
    created_ns UInt64 CODEC(ZSTD(1)),
    updated_ns UInt64 CODEC(ZSTD(1)),

    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, deleted)
ORDER BY (target_kind, target_id, position, name, identifier)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- An annotation names its span and nothing else.
ALTER TABLE spans ADD INDEX IF NOT EXISTS span_id_bloom span_id TYPE bloom_filter(0.001) GRANULARITY 1;
`;
