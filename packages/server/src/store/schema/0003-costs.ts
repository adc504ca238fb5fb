/** What model calls cost, who set which price, and which budgets there are. */
export const sql = `
ALTER TABLE spans
    ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Nullable(UInt64) AFTER cache_write_tokens,
    ADD COLUMN IF NOT EXISTS input_cost_usd Nullable(Float64) AFTER cost_source,
    ADD COLUMN IF NOT EXISTS output_cost_usd Nullable(Float64) AFTER input_cost_usd,
    -- Estimated tokens of each part of the prompt, for shares.
    ADD COLUMN IF NOT EXISTS tools_prompt_tokens UInt32 AFTER output_cost_usd,
    ADD COLUMN IF NOT EXISTS system_prompt_tokens UInt32 AFTER tools_prompt_tokens,
    ADD COLUMN IF NOT EXISTS history_prompt_tokens UInt32 AFTER system_prompt_tokens,
    ADD COLUMN IF NOT EXISTS documents_prompt_tokens UInt32 AFTER history_prompt_tokens,
    ADD COLUMN IF NOT EXISTS tool_results_prompt_tokens UInt32 AFTER documents_prompt_tokens,
    ADD COLUMN IF NOT EXISTS user_prompt_tokens UInt32 AFTER tool_results_prompt_tokens,
    ADD COLUMN IF NOT EXISTS fed_by_tools Array(LowCardinality(String)) AFTER user_prompt_tokens;

-- One row per span that may be billed, written with the summary of its trace and replaced with it: each call of the
-- trace's totals once (counted), with what it cost, and with what only other spans of the trace say of it
-- (user, session, tags, agent, tools). The other rows take back what was counted before the rest of a trace came.
CREATE TABLE IF NOT EXISTS calls
(
    project LowCardinality(String),
    start_hour UInt32 CODEC(Delta, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta, ZSTD(1)),
    counted Bool,

    start_ns UInt64 CODEC(Delta, ZSTD(1)),
    -- Questions about a time are about traces that started in it, as in the list of traces.
    trace_start_ns UInt64 CODEC(Delta, ZSTD(1)),
    duration_ms Float64 CODEC(ZSTD(1)),
    running Bool,
    failed Bool,
    error_type LowCardinality(String),
    kind LowCardinality(String),
    name LowCardinality(String),
    trace_name LowCardinality(String),
    provider LowCardinality(String),
    model LowCardinality(String),
    service_name LowCardinality(String),
    environment LowCardinality(String),
    agent_name LowCardinality(String),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    tags Array(LowCardinality(String)),
    prompt_name LowCardinality(String),
    prompt_version LowCardinality(String),
    prompt_template_id String CODEC(ZSTD(1)),
    prompt_version_id String CODEC(ZSTD(1)),
    inside_tools Array(LowCardinality(String)),
    fed_by_tools Array(LowCardinality(String)),
    time_to_first_token_ms Nullable(Float64) CODEC(ZSTD(1)),
    sample_weight Float64 DEFAULT 1,

    input_tokens UInt64 CODEC(ZSTD(1)),
    output_tokens UInt64 CODEC(ZSTD(1)),
    cache_read_tokens UInt64 CODEC(ZSTD(1)),
    cache_write_tokens UInt64 CODEC(ZSTD(1)),
    reasoning_tokens UInt64 CODEC(ZSTD(1)),
    audio_input_tokens UInt64 CODEC(ZSTD(1)),
    audio_output_tokens UInt64 CODEC(ZSTD(1)),

    -- reported, computed, unpriced; or empty where there is no cost to know.
    cost_source LowCardinality(String),
    unpriced_reason LowCardinality(String),
    -- Of a reported cost, what divided it: reported, price, none.
    cost_split LowCardinality(String),
    price_name LowCardinality(String),
    price_source LowCardinality(String),
    price_date LowCardinality(String),
    cost_usd Float64 CODEC(ZSTD(1)),
    input_cost_usd Float64 CODEC(ZSTD(1)),
    cache_read_cost_usd Float64 CODEC(ZSTD(1)),
    cache_write_cost_usd Float64 CODEC(ZSTD(1)),
    output_cost_usd Float64 CODEC(ZSTD(1)),
    reasoning_cost_usd Float64 CODEC(ZSTD(1)),
    audio_input_cost_usd Float64 CODEC(ZSTD(1)),
    audio_output_cost_usd Float64 CODEC(ZSTD(1)),
    other_cost_usd Float64 CODEC(ZSTD(1)),

    tools_part_tokens Float64 CODEC(ZSTD(1)),
    system_part_tokens Float64 CODEC(ZSTD(1)),
    history_part_tokens Float64 CODEC(ZSTD(1)),
    documents_part_tokens Float64 CODEC(ZSTD(1)),
    tool_results_part_tokens Float64 CODEC(ZSTD(1)),
    user_part_tokens Float64 CODEC(ZSTD(1)),
    tools_part_cost_usd Float64 CODEC(ZSTD(1)),
    system_part_cost_usd Float64 CODEC(ZSTD(1)),
    history_part_cost_usd Float64 CODEC(ZSTD(1)),
    documents_part_cost_usd Float64 CODEC(ZSTD(1)),
    tool_results_part_cost_usd Float64 CODEC(ZSTD(1)),
    user_part_cost_usd Float64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
-- As spans: retention drops the same days of both.
PARTITION BY if(start_hour BETWEEN 262968 AND 1139568, toYYYYMMDD(toDateTime(start_hour * 3600, 'UTC')), 0)
ORDER BY (project, start_hour, trace_id, span_id)
-- Days that are over become one part each: what is one part is read without looking for later versions.
SETTINGS index_granularity = 4096, fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 300, min_age_to_force_merge_on_partition_only = 1;

-- Prices that somebody set. The latest row of an id holds; a deleted one stays as a mark.
CREATE TABLE IF NOT EXISTS prices
(
    id String,
    version UInt64,
    deleted Bool,
    rule String
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS budgets
(
    project String,
    id String,
    version UInt64,
    deleted Bool,
    budget String
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
`;
