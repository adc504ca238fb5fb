/** ClickHouse SQL, so that bundlers, tests and plain Node all read it the same way. */
export const sql = `
-- One row per span. A span sent again (same project, start hour, trace id, span id) replaces itself:
-- the higher version stays. Narrow columns come first; the payload columns at the end are read
-- only for single spans.
CREATE TABLE IF NOT EXISTS spans
(
    project LowCardinality(String),
    start_hour UInt32 CODEC(Delta, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    received_ns UInt64 CODEC(Delta, ZSTD(1)),

    parent_span_id String CODEC(ZSTD(1)),
    name String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    otel_kind Int32,
    start_ns UInt64 CODEC(Delta, ZSTD(1)),
    end_ns UInt64 CODEC(Delta, ZSTD(1)),
    status_code LowCardinality(String),
    status_message String CODEC(ZSTD(1)),
    error_type LowCardinality(String),
    service_name LowCardinality(String),
    environment LowCardinality(String),
    scope_name LowCardinality(String),
    provider LowCardinality(String),
    request_model LowCardinality(String),
    response_model LowCardinality(String),
    response_id String CODEC(ZSTD(1)),
    tool_name LowCardinality(String),
    tool_call_id String CODEC(ZSTD(1)),
    agent_name LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    tags Array(LowCardinality(String)),
    prompt_name LowCardinality(String),
    prompt_version LowCardinality(String),
    finish_reason LowCardinality(String),

    input_tokens Nullable(UInt64),
    output_tokens Nullable(UInt64),
    cache_read_tokens Nullable(UInt64),
    cache_write_tokens Nullable(UInt64),
    reasoning_tokens Nullable(UInt64),
    audio_input_tokens Nullable(UInt64),
    audio_output_tokens Nullable(UInt64),
    cost_usd Nullable(Float64),
    cost_source LowCardinality(String),
    time_to_first_token_ms Nullable(Float64),
    document_count UInt32,
    event_count UInt32,
    note_count UInt32,
    sample_weight Float64 DEFAULT 1,

    input_preview String CODEC(ZSTD(1)),
    output_preview String CODEC(ZSTD(1)),
    -- Short scalar attributes (at most 256 characters), as text, for filters.
    attribute_text Map(LowCardinality(String), String) CODEC(ZSTD(1)),

    trace_state String CODEC(ZSTD(1)),
    flags UInt32,
    dropped_attributes_count UInt32,
    dropped_events_count UInt32,
    dropped_links_count UInt32,
    -- Lossless JSON text; see the model's attributes, resource, scope, event, link and note.
    full_status_message String CODEC(ZSTD(1)),
    attributes String CODEC(ZSTD(1)),
    events String CODEC(ZSTD(1)),
    links String CODEC(ZSTD(1)),
    notes String CODEC(ZSTD(1)),
    resource LowCardinality(String),
    scope LowCardinality(String),

    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX received_minmax received_ns TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
-- By day of start, so that retention drops whole partitions; a start before 2000 or after 2099 goes to 0.
PARTITION BY if(start_hour BETWEEN 262968 AND 1139568, toYYYYMMDD(toDateTime(start_hour * 3600, 'UTC')), 0)
ORDER BY (project, start_hour, trace_id, span_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1,
    min_bytes_for_wide_part = 268435456;

-- One row per trace, computed from its spans and replaced whenever they change.
CREATE TABLE IF NOT EXISTS traces
(
    project LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    -- Every span received before this moment was summarised when the row was written.
    watermark_ns UInt64 CODEC(ZSTD(1)),
    -- First and last start_hour among the trace's spans: where in spans to look for them.
    first_hour UInt32 CODEC(ZSTD(1)),
    last_hour UInt32 CODEC(ZSTD(1)),
    start_ns UInt64 CODEC(ZSTD(1)),
    end_ns UInt64 CODEC(ZSTD(1)),
    duration_ms Float64,
    running Bool,
    name String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    root_span_id String CODEC(ZSTD(1)),
    status LowCardinality(String),
    error_count UInt32,
    span_count UInt32,
    llm_count UInt32,
    input_tokens Nullable(UInt64),
    output_tokens Nullable(UInt64),
    cost_usd Nullable(Float64),
    unpriced_count UInt32,
    models Array(LowCardinality(String)),
    service_name LowCardinality(String),
    environment LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    tags Array(LowCardinality(String)),
    sample_weight Float64,
    input_preview String CODEC(ZSTD(1)),
    output_preview String CODEC(ZSTD(1)),
    error_preview String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, trace_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;
`;
