import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { useCallback, useMemo, useState } from "react";
import {
  collapseAll,
  collapseAround,
  expandTo,
  rowPositions,
  visibleRows,
} from "../../../view/waterfall-rows.ts";
import type { TraceModel } from "../trace-model.ts";
import type { FoldActions } from "./waterfall-toolbar.tsx";

export interface Fold {
  collapsed: ReadonlySet<string>;
  rows: TreeNode[];
  /** Row of a node, by its index in the tree; −1 where it is folded away. */
  positions: Int32Array;
  toggle: (node: TreeNode) => void;
  set: (node: TreeNode, collapsed: boolean) => void;
  reveal: (node: TreeNode) => void;
  actions: FoldActions;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Which branches are folded, and the rows that are left. A trace opens with everything unfolded. */
export function useFold(model: TraceModel, selected: TreeNode | undefined): Fold {
  const { tree, failed } = model;
  const [collapsed, setCollapsed] = useState(NOTHING);
  const rows = useMemo(() => visibleRows(tree, collapsed), [tree, collapsed]);
  const positions = useMemo(() => rowPositions(tree, rows), [tree, rows]);
  const set = useCallback((node: TreeNode, fold: boolean) => {
    setCollapsed((before) => {
      if (before.has(node.span.spanId) === fold) return before;
      const next = new Set(before);
      if (fold) next.add(node.span.spanId);
      else next.delete(node.span.spanId);
      return next;
    });
  }, []);
  const toggle = useCallback(
    (node: TreeNode) => set(node, !collapsed.has(node.span.spanId)),
    [collapsed, set],
  );
  const reveal = useCallback((node: TreeNode) => setCollapsed((before) => expandTo(before, node)), []);
  const actions = useMemo<FoldActions>(
    () => ({
      expandAll: () => setCollapsed(NOTHING),
      collapseAll: () => setCollapsed(collapseAll(tree)),
      collapseToErrors: failed.length === 0 ? undefined : () => setCollapsed(collapseAround(tree, failed)),
      collapseToSelected: () => setCollapsed(collapseAround(tree, selected ? [selected] : [])),
    }),
    [tree, failed, selected],
  );
  return { collapsed, rows, positions, toggle, set, reveal, actions };
}
