import { shownName } from "@nightowl/model/api/span-row";
import type { SpanDetail } from "@nightowl/model/api/spans";
import { OTEL_KINDS } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { ArrowLeft } from "lucide-react";
import { useMemo } from "react";
import { IconButton } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Popover } from "../../../components/floating.tsx";
import { Chip, KindDot } from "../../../components/marks.tsx";
import { SOURCE_LABELS } from "../../../view/cost-source.ts";
import { formatCost } from "../../../view/format-cost.ts";
import { formatDuration } from "../../../view/format-duration.ts";
import { formatCount, formatPlural, withoutNoise } from "../../../view/format-number.ts";
import { KIND_LABELS } from "../../../view/kind.ts";
import { jsonLine } from "../../../view/transcript-messages.ts";
import { nodeDurationMs, type TraceModel } from "../trace-model.ts";
import { ordinalOf } from "./model-call-ordinal.ts";
import { ValueTree } from "../../../components/values/value-tree.tsx";
import css from "./span-head.module.css";

/** The span's name, its place among the model calls, and its facts as chips. */
export function SpanHead({
  model,
  node,
  span,
  onClose,
}: {
  model: TraceModel;
  node: TreeNode;
  /** Undefined until it has come: the row's facts stand until then. */
  span: SpanDetail | undefined;
  onClose: (() => void) | undefined;
}) {
  const row = node.span;
  const shown = shownName(span ?? row);
  const ordinal = useMemo(() => ordinalOf(model, node), [model, node]);
  const failed = row.statusCode === "ERROR";
  return (
    <header className={css["head"]}>
      <div className={css["title"]}>
        {onClose !== undefined && (
          <IconButton label="Back to the waterfall" size="small" onClick={onClose}>
            <ArrowLeft size={14} aria-hidden="true" />
          </IconButton>
        )}
        <KindDot kind={row.kind} failed={failed} />
        <h2 title={row.name}>{shown || "(no name)"}</h2>
        <span className={css["kind"]}>{ordinal ?? KIND_LABELS[row.kind]}</span>
        {shown !== row.name && <span className={css["ownName"]}>{row.name}</span>}
        <span className={css["space"]} />
        <CopyButton text={row.spanId} label="Copy the span id" what="Span id copied" />
      </div>
      <div className={css["chips"]}>
        {failed && <Chip tone="error">{row.errorType ?? "failed"}</Chip>}
        {node.running && <Chip tone="warn">still running</Chip>}
        {row.model !== undefined && (
          <Chip mono title={span?.requestModel === undefined ? "Model" : `Asked for ${span.requestModel}`}>
            {row.model}
          </Chip>
        )}
        {row.provider !== undefined && <Chip title="Provider">{row.provider}</Chip>}
        <Chip title={node.running ? "So far" : "Duration"}>
          {formatDuration(nodeDurationMs(node))}
          {row.timeToFirstTokenMs !== undefined && ` · first token ${formatDuration(row.timeToFirstTokenMs)}`}
        </Chip>
        <TokenChip model={model} node={node} span={span} />
        <CostChip model={model} node={node} span={span} />
        {span !== undefined && <Parameters parameters={span.invocationParameters} />}
        {[...new Set(span?.finishReasons)].map((reason) => (
          <Chip key={reason} title="Why the model stopped">
            {reason}
          </Chip>
        ))}
        {span?.streaming === true && <Chip>streamed</Chip>}
        {span?.promptTemplate?.name !== undefined && (
          <Chip title="Prompt template">
            {span.promptTemplate.name}
            {span.promptTemplate.version !== undefined && ` · ${span.promptTemplate.version}`}
          </Chip>
        )}
        {row.agentName !== undefined && row.agentName !== row.name && row.agentName !== row.service && (
          <Chip title="Agent">{row.agentName}</Chip>
        )}
        {span?.graphNode?.name !== undefined && <Chip title="Graph node">{span.graphNode.name}</Chip>}
        {span?.topK !== undefined && <Chip title="How many were asked for">top {span.topK}</Chip>}
        {row.service !== undefined && (
          <Chip title={row.agentName === row.service ? "Service and agent" : "Service"}>{row.service}</Chip>
        )}
        {span !== undefined && span.otelKind > 1 && (
          <Chip title="OpenTelemetry span kind">
            {OTEL_KINDS[span.otelKind]?.toLowerCase() ?? `kind ${span.otelKind}`}
          </Chip>
        )}
        {row.sampleWeight !== undefined && row.sampleWeight !== 1 && (
          <Chip title="Sampled: counts for this many spans">×{row.sampleWeight}</Chip>
        )}
      </div>
    </header>
  );
}

const BUCKETS: [keyof Usage, string][] = [
  ["inputTokens", "input"],
  ["cacheReadTokens", "of it read from the cache"],
  ["cacheWriteTokens", "of it written to the cache"],
  ["audioInputTokens", "of it audio"],
  ["outputTokens", "output"],
  ["reasoningTokens", "of it reasoning"],
  ["audioOutputTokens", "of it audio"],
  ["totalTokens", "total, as reported"],
];

interface ChipProps {
  model: TraceModel;
  node: TreeNode;
  /** Absent until it was read. */
  span: SpanDetail | undefined;
}

function TokenChip({ model, node, span }: ChipProps) {
  const usage = span?.usage;
  const isMismatch = span?.notes.some((note) => note.code === "usage_mismatch") === true;
  const { inputTokens, outputTokens, cacheReadTokens, spanId } = node.span;
  if (inputTokens === undefined && outputTokens === undefined) return null;
  const uncounted = model.usage.uncounted.get(spanId);
  // Some frameworks write zeros on what only stands around the calls.
  if (uncounted !== undefined && !inputTokens && !outputTokens) return null;
  const parts = [
    inputTokens !== undefined && `${formatCount(inputTokens)} in`,
    cacheReadTokens !== undefined && cacheReadTokens > 0 && `${formatCount(cacheReadTokens)} cached`,
    usage?.reasoningTokens !== undefined &&
      usage.reasoningTokens > 0 &&
      `${formatCount(usage.reasoningTokens)} reasoning`,
    outputTokens !== undefined && `${formatCount(outputTokens)} out`,
    isMismatch && usage?.totalTokens !== undefined && `${formatCount(usage.totalTokens)} total, as reported`,
  ].filter(Boolean);
  // What was reported may have the tokens of calls before in it.
  const own: Partial<Record<keyof Usage, number | undefined>> = { inputTokens, outputTokens };
  const lines = BUCKETS.flatMap(([key, label]) => {
    const count = own[key] ?? usage?.[key];
    return typeof count === "number" ? [`${formatCount(count)} ${label}`] : [];
  });
  for (const [name, count] of Object.entries(usage?.other ?? {})) lines.push(`${formatCount(count)} ${name}`);
  if (uncounted !== undefined) lines.push("Not in the trace's total: it repeats other spans' tokens");
  return (
    <Chip title={`Tokens\n${lines.join("\n")}`}>
      {parts.join(" · ")}
      {uncounted !== undefined && <span className="faint"> · repeated</span>}
    </Chip>
  );
}

function CostChip({ model, node, span }: ChipProps) {
  const { costUsd, costSource, spanId } = node.span;
  // Without a price is only what would be billed: no wrapper, no second telling of a call.
  if (costSource === "unpriced" && !model.usage.unpricedSpanIds.has(spanId)) return null;
  const cost = span?.cost;
  if (cost !== undefined) {
    const title =
      cost.source === "unpriced"
        ? "There was usage, but no price is known for this model"
        : cost.source === "reported"
          ? "As the application reported it"
          : `Tokens times the price of ${cost.priceName} (${SOURCE_LABELS[cost.priceSource]})`;
    return <Chip title={title}>{formatCost(cost)}</Chip>;
  }
  if (costSource === "unpriced") return <Chip>unpriced</Chip>;
  return costUsd === undefined ? null : <Chip>{formatCost({ source: "reported", costUsd })}</Chip>;
}

/** The parameters that people look for first, short; the rest behind one chip. */
const SHORT: Record<string, string> = { temperature: "T", top_p: "top p", max_tokens: "max", seed: "seed" };

function Parameters({ parameters }: { parameters: Record<string, unknown> | undefined }) {
  if (parameters === undefined) return null;
  const entries = Object.entries(parameters);
  const short = entries.filter(([name, value]) => SHORT[name] !== undefined && typeof value !== "object");
  const rest = entries.length - short.length;
  return (
    <>
      {short.map(([name, value]) => (
        <Chip key={name} title={name}>
          {SHORT[name]} {jsonLine(typeof value === "number" ? withoutNoise(value) : value)}
        </Chip>
      ))}
      {rest > 0 && (
        <Popover
          label="Parameters of the call"
          trigger={
            <button type="button" className={css["chipButton"]}>
              +{formatPlural(rest, "parameter")}
            </button>
          }
        >
          <div className={css["parameters"]}>
            <ValueTree value={parameters} />
          </div>
        </Popover>
      )}
    </>
  );
}
