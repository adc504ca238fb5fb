import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import { firstSelection, nextNode, originOfFailure } from "../../view/waterfall-rows.ts";
import { SpanPanel } from "./span/span-panel.tsx";
import { SplitPane } from "./split-pane.tsx";
import { TraceHeader } from "./trace-header.tsx";
import type { TraceModel } from "./trace-model.ts";
import { useAiOnly } from "./use-ai-only.ts";
import { useAddressState, useTraceAddress } from "./use-trace-address.ts";
import { useTraceKeys } from "./use-trace-keys.ts";
import { useNeighbourTraces } from "./use-neighbour-traces.ts";
import { Waterfall } from "./waterfall/waterfall.tsx";
import css from "./trace-page.module.css";

/** A trace that has been read: header, waterfall and the selected span, and what they share. */
export function TraceView({ model: whole }: { model: TraceModel }) {
  const address = useTraceAddress();
  const [asked, setAsked] = useAddressState(address, "span");
  const aiOnly = useAiOnly(whole, address, asked, setAsked);
  const { model } = aiOnly;
  const narrow = useNarrow();
  // On a narrow screen the span is a sheet: a link to a span opens it, a look at the trace does not.
  const [sheetOpen, setSheetOpen] = useState(asked !== undefined);
  const initial = useMemo(() => firstSelection(model.tree), [model.tree]);
  const selected =
    (asked === undefined ? undefined : model.tree.bySpanId.get(asked)) ?? unasked(asked, model) ?? initial;
  const select = useCallback(
    (spanId: string, push = false) => {
      setAsked(spanId, push);
      setSheetOpen(true);
    },
    [setAsked],
  );
  const selectError = useCallback(
    (fromHere: boolean) => {
      const target = fromHere ? nextNode(model.failed, selected) : originOfFailure(model.tree);
      if (target) select(target.span.spanId, !fromHere);
    },
    [model, select, selected],
  );
  const neighbours = useNeighbourTraces(model, address.search);
  useTraceKeys({
    onNextError: () => selectError(true),
    onNewer: neighbours.goNewer,
    onOlder: neighbours.goOlder,
    onClose: narrow && sheetOpen ? () => setSheetOpen(false) : undefined,
  });
  const waterfall = (
    <Waterfall
      model={model}
      address={address}
      selected={selected}
      onSelect={select}
      narrow={narrow}
      aiOnly={aiOnly}
    />
  );
  const panel = selected && (
    <SpanPanel
      model={model}
      node={selected}
      address={address}
      unknownSpanId={asked !== undefined && !model.tree.bySpanId.has(asked) ? asked : undefined}
      onSelect={select}
      onClose={narrow ? () => setSheetOpen(false) : undefined}
    />
  );
  return (
    <div className={css["view"]} data-sheet={(narrow && sheetOpen) || undefined}>
      <TraceHeader model={whole} neighbours={neighbours} onFirstError={() => selectError(false)} />
      {narrow ? (
        <div className={css["stack"]}>
          {waterfall}
          {sheetOpen && <div className={css["sheet"]}>{panel}</div>}
        </div>
      ) : (
        <SplitPane left={waterfall} right={panel} />
      )}
    </div>
  );
}

/** An address that names a span which is not there shows the root, and says so. */
function unasked(asked: string | undefined, model: TraceModel) {
  return asked === undefined ? undefined : model.root;
}

const narrowQuery = globalThis.matchMedia?.("(max-width: 900px)");

function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrowQuery.addEventListener("change", listener);
      return () => narrowQuery.removeEventListener("change", listener);
    },
    () => narrowQuery.matches,
  );
}
