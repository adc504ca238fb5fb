import type { SpanDetail } from "@nightowl/model/api/spans";
import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { tabId, tabPanelId, Tabs, type Tab } from "../../../components/tabs.tsx";
import { useTraceAnnotations } from "../../../data/use-annotations.ts";
import { useSpan } from "../../../data/use-trace.ts";
import { annotationsOf } from "../../../view/annotations.ts";
import { formatPlural } from "../../../view/format-number.ts";
import { ANNOTATE_EVENT } from "../evals/annotation-form.tsx";
import { EvalsTab } from "../evals/evals-tab.tsx";
import { MessagesTab } from "../messages/messages-tab.tsx";
import type { TraceModel } from "../trace-model.ts";
import { SpanSkeleton } from "../trace-states.tsx";
import { usePageKeys } from "../use-trace-keys.ts";
import type { TraceAddress } from "../use-trace-address.ts";
import { AttributesTab } from "./attributes-tab.tsx";
import { CalledBy } from "./called-by.tsx";
import { CostTab } from "./cost-tab.tsx";
import { DocumentsTab } from "./documents-tab.tsx";
import { ErrorStrip } from "./error-strip.tsx";
import { EventsTab } from "./events-tab.tsx";
import { PayloadTab } from "./payload-tab.tsx";
import { PromptTab } from "./prompt-tab.tsx";
import { RawTab } from "./raw-tab.tsx";
import { SpanHead } from "./span-head.tsx";
import { tabsOf } from "./span-tabs.ts";
import { ToolsTab } from "./tools-tab.tsx";
import css from "./span-panel.module.css";

/** Holding an arrow key down passes many spans; the one that it rests on is fetched. */
const REST_MS = 90;
const TABS = "span";

/** The selected span: its head at once (the row knows it), the rest when it has come. */
export function SpanPanel({
  model,
  node,
  address,
  unknownSpanId,
  onSelect,
  onClose,
}: {
  model: TraceModel;
  node: TreeNode;
  address: TraceAddress;
  /** The address names a span that is not in the trace. */
  unknownSpanId: string | undefined;
  onSelect: (spanId: string, push?: boolean) => void;
  /** Where the panel is a sheet over the waterfall. */
  onClose: (() => void) | undefined;
}) {
  const { project, traceId } = model;
  const { spanId } = node.span;
  const rested = useRestedId(spanId);
  const [fullId, setFullId] = useState<string>();
  const light = useSpan(project, traceId, rested);
  const full = useSpan(project, traceId, fullId === spanId ? spanId : undefined, true);
  const span = rested === spanId ? (full.data ?? light.data) : undefined;
  useFreshWhileRunning(node, light.refetch);
  const annotations = useTraceAnnotations(project, traceId).data ?? [];
  const isRoot = model.root?.span.spanId === spanId;
  const tabs = span === undefined ? [] : tabsOf(span, annotationsOf(annotations, { spanId, isRoot }).length);
  const current = (tabs.find((tab) => tab.id === address.search.tab) ?? tabs[0])?.id ?? "";
  const setTab = (id: string) => address.change({ tab: id });
  usePageKeys((event) => {
    if (event.key === "Escape") {
      document.querySelector<HTMLElement>('[role="row"][data-selected]')?.focus();
      return;
    }
    if (event.key === "a" && span !== undefined) {
      // The letter is not the first of the name.
      event.preventDefault();
      setTab("evals");
      // The form is there when the tab is.
      setTimeout(() => window.dispatchEvent(new Event(ANNOTATE_EVENT)), 50);
      return;
    }
    const tab = /^[1-9]$/.test(event.key) ? tabs[Number(event.key) - 1] : undefined;
    if (tab !== undefined) setTab(tab.id);
  });
  return (
    <section className={css["panel"]} aria-label="Selected span">
      <SpanHead model={model} node={node} span={span} onClose={onClose} />
      {unknownSpanId !== undefined && (
        <p className={css["notice"]} role="status">
          This trace has no span <code>{unknownSpanId}</code>: this is its root.
        </p>
      )}
      {node.span.kind === "TOOL" && (
        <CalledBy
          model={model}
          node={node}
          onShow={(shown, call) => address.change({ span: shown, tab: "messages", call }, true)}
        />
      )}
      {span !== undefined && <Remarks span={span} />}
      {span === undefined ? (
        <div className={css["body"]} data-span-body tabIndex={-1}>
          {light.isError ? (
            <ErrorPanel
              title="The span could not be read"
              error={light.error}
              onRetry={() => void light.refetch()}
              small
            />
          ) : (
            <SpanSkeleton />
          )}
        </div>
      ) : (
        <>
          <Tabs name={TABS} tabs={tabs} current={current} onChange={setTab} label="What the span holds" />
          <TabBody key={`${spanId}-${current}`} tab={current} tabs={tabs}>
            <ErrorStrip span={span} tab={current} onEvents={() => setTab("events")} />
            {span.truncated.length > 0 && (
              <Truncated span={span} loading={full.isFetching} onLoad={() => setFullId(spanId)} />
            )}
            {isSilent(span) && current === tabs[0]?.id && (
              <p className="faint">What was said in this call was not recorded.</p>
            )}
            <TabContent
              tab={current}
              model={model}
              node={node}
              span={span}
              markedId={address.search.call}
              onSelect={onSelect}
            />
          </TabBody>
        </>
      )}
    </section>
  );
}

function TabBody({ tab, children }: { tab: string; tabs: Tab[]; children: React.ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={ref}
      className={css["body"]}
      role="tabpanel"
      id={tabPanelId(TABS)}
      aria-labelledby={tabId(TABS, tab)}
      data-span-body
      data-tab={tab}
      tabIndex={0}
    >
      {children}
    </div>
  );
}

function TabContent({
  tab,
  model,
  node,
  span,
  markedId,
  onSelect,
}: {
  tab: string;
  model: TraceModel;
  node: TreeNode;
  span: SpanDetail;
  markedId: string | undefined;
  onSelect: (spanId: string, push?: boolean) => void;
}) {
  switch (tab) {
    case "messages":
      return <MessagesTab model={model} node={node} span={span} markedId={markedId} onSelect={onSelect} />;
    case "prompt":
      return <PromptTab model={model} spanId={span.spanId} />;
    case "io":
      return <PayloadTab span={span} />;
    case "documents":
      return <DocumentsTab model={model} span={span} />;
    case "tools":
      return <ToolsTab span={span} />;
    case "cost":
      return <CostTab model={model} node={node} />;
    case "events":
      return <EventsTab span={span} />;
    case "evals":
      return <EvalsTab model={model} span={span} />;
    case "raw":
      return <RawTab model={model} span={span} />;
    default:
      return <AttributesTab project={model.project} span={span} />;
  }
}

/** A model call of which only the figures were sent, as many instrumentations do unless they are told otherwise. */
function isSilent({ kind, inputMessages, outputMessages, input, output, error }: SpanDetail): boolean {
  const said =
    inputMessages.length + outputMessages.length > 0 || input !== undefined || output !== undefined;
  return kind === "LLM" && !said && error === undefined;
}

/** What was odd about the span when it was read: quiet, but never hidden. */
function Remarks({ span }: { span: SpanDetail }) {
  // Attributes that were dropped have a note, which says what became of them.
  const dropped = [
    span.droppedEventsCount > 0 && formatPlural(span.droppedEventsCount, "event"),
    span.droppedLinksCount > 0 && formatPlural(span.droppedLinksCount, "link"),
  ].filter((text) => text !== false);
  const remarks = span.notes.map((note) => note.message);
  if (dropped.length > 0) remarks.push(`The sender dropped ${dropped.join(" and ")} of the span.`);
  if (remarks.length === 0) return null;
  return (
    <details className={css["remarks"]}>
      <summary>
        {remarks[0]}
        {remarks.length > 1 && (
          <span className="faint"> · {formatPlural(remarks.length - 1, "more note", "more notes")}</span>
        )}
      </summary>
      <ul>
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </details>
  );
}

function Truncated({ span, loading, onLoad }: { span: SpanDetail; loading: boolean; onLoad: () => void }) {
  return (
    <div className={css["truncated"]}>
      <span title={span.truncated.join("\n")}>
        {formatPlural(span.truncated.length, "long value")} cut to keep this quick:{" "}
        <code>{span.truncated.slice(0, 3).join(", ")}</code>
        {span.truncated.length > 3 && " …"}
      </span>
      <Button size="small" onClick={onLoad} disabled={loading}>
        {loading ? "Loading…" : "Load all"}
      </Button>
    </div>
  );
}

/** The first id at once, later ones when they have stood for a moment. */
function useRestedId(spanId: string): string {
  const [rested, setRested] = useState(spanId);
  useEffect(() => {
    const timer = setTimeout(() => setRested(spanId), REST_MS);
    return () => clearTimeout(timer);
  }, [spanId]);
  return rested;
}

/** A span that has ended since it was read is read again. */
function useFreshWhileRunning(node: TreeNode, refetch: () => unknown): void {
  const { spanId, endTimeNs } = node.span;
  const seen = useRef({ spanId, endTimeNs });
  useEffect(() => {
    const before = seen.current;
    seen.current = { spanId, endTimeNs };
    if (before.spanId === spanId && before.endTimeNs !== endTimeNs) refetch();
  }, [spanId, endTimeNs, refetch]);
}
