/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- One row per log record. A record sent again has the same digest and replaces itself. The order is that of
-- the question: what was said on this span, in the order in which it was said.
CREATE TABLE IF NOT EXISTS logs
(
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    -- The record's time, else when it was observed; 0 where neither is known.
    event_ns UInt64 CODEC(Delta, ZSTD(1)),
    digest String CODEC(ZSTD(1)),
    received_ns UInt64 CODEC(Delta, ZSTD(1)),
    -- Its place among the records of its request: those of one moment stay in order.
    position UInt32,
    project LowCardinality(String),
    -- The event name, from whatever place the sender put it in; empty for plain lines of a log.
    event LowCardinality(String),

    time_ns UInt64 CODEC(Delta, ZSTD(1)),
    observed_ns UInt64 CODEC(Delta, ZSTD(1)),
    severity_number Int32,
    severity_text LowCardinality(String),
    event_name LowCardinality(String),
    flags UInt32,
    dropped_attributes_count UInt32,
    -- Lossless JSON text, as in spans.
    body String CODEC(ZSTD(1)),
    attributes String CODEC(ZSTD(1)),
    notes String CODEC(ZSTD(1)),
    resource LowCardinality(String),
    scope LowCardinality(String),

    INDEX received_minmax received_ns TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(received_ns)
-- By day, as spans are.
PARTITION BY if(intDiv(event_ns, 3600000000000) BETWEEN 262968 AND 1139568,
    toYYYYMMDD(toDateTime(intDiv(event_ns, 1000000000), 'UTC')), 0)
ORDER BY (trace_id, span_id, event_ns, digest)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1,
    min_bytes_for_wide_part = 268435456;
`;
