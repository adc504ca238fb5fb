/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- One row per search (retriever, reranker, or whatever else found documents), written with the summary of its trace and
-- replaced with it. What it found stands in lists of one length, in rank order.
CREATE TABLE IF NOT EXISTS retrievals
(
    project LowCardinality(String),
    start_hour UInt32 CODEC(Delta, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1)),
    -- Not where another span tells of the same search.
    counted Bool,
    -- Not of a reranker, where another search of the trace found what it ranks.
    finds Bool,

    start_ns UInt64 CODEC(Delta, ZSTD(1)),
    -- Questions about a time are about traces that started in it, as in the list of traces.
    trace_start_ns UInt64 CODEC(Delta, ZSTD(1)),
    duration_ms Float64 CODEC(ZSTD(1)),
    running Bool,
    failed Bool,
    kind LowCardinality(String),
    retriever LowCardinality(String),
    query String CODEC(ZSTD(1)),
    -- The model call whose answer says what was used; empty where none does.
    answer_span_id String CODEC(ZSTD(1)),
    sample_weight Float64 DEFAULT 1,

    -- The key of each document's content; 0 for one without text and id.
    documents Array(UInt64) CODEC(ZSTD(1)),
    scores Array(Nullable(Float64)) CODEC(ZSTD(1)),
    -- Rank before reranking; 0 where there was none.
    ranks_before Array(UInt16) CODEC(ZSTD(1)),
    -- 1 used in the answer, 0 not, -1 unknown.
    used Array(Int8) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- As spans: retention drops the same days of both.
PARTITION BY if(start_hour BETWEEN 262968 AND 1139568, toYYYYMMDD(toDateTime(start_hour * 3600, 'UTC')), 0)
ORDER BY (project, start_hour, trace_id, span_id)
SETTINGS index_granularity = 4096, fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 300, min_age_to_force_merge_on_partition_only = 1;

-- What a document is called and how it begins, once for each day on which it was found.
CREATE TABLE IF NOT EXISTS documents
(
    project LowCardinality(String),
    document UInt64,
    -- The first of the day (UTC).
    start_hour UInt32,
    -- Unix nanoseconds of when it was written.
    version UInt64 CODEC(Delta, ZSTD(1)),
    id String CODEC(ZSTD(1)),
    preview String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY if(start_hour BETWEEN 262968 AND 1139568, toYYYYMMDD(toDateTime(start_hour * 3600, 'UTC')), 0)
ORDER BY (project, document, start_hour)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;
`;
