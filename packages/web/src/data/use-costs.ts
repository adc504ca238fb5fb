import {
  deleteBudget,
  deletePrice,
  findPrice,
  getReprice,
  getSpanCost,
  getTraceCost,
  listBudgets,
  listPrices,
  setBudget,
  setPrice,
  startReprice,
  stopReprice,
  type Budget,
} from "@nightowl/model/api/costs";
import { queryBodySchema, runQuery } from "@nightowl/model/api/query";
import type { PriceRule } from "@nightowl/model/pricing/price";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import { call } from "./client.ts";

export type QueryBody = z.input<typeof queryBodySchema>;

/**
 * The one query. While another is on its way the last answer stays, but never another project's, nor one that is divided by
 * something else.
 */
export function useCostQuery(project: string, body: QueryBody, enabled = true) {
  return useQuery({
    queryKey: ["query", project, body],
    enabled,
    queryFn: ({ signal }) => call(runQuery, { params: { project }, body }, { signal }),
    placeholderData: (previous, before) => {
      const [, otherProject, otherBody] = before?.queryKey ?? [];
      const isAlike =
        otherProject === project && String((otherBody as QueryBody | undefined)?.by) === String(body.by);
      return isAlike ? previous : undefined;
    },
  });
}

/** A span's cost; idle while `spanId` is undefined. */
export function useSpanCost(project: string, traceId: string, spanId: string) {
  return useQuery({
    queryKey: ["span-cost", project, traceId, spanId],
    queryFn: ({ signal }) => call(getSpanCost, { params: { project, traceId, spanId } }, { signal }),
  });
}

export function useTraceCost(project: string, traceId: string, enabled: boolean) {
  return useQuery({
    queryKey: ["trace-cost", project, traceId],
    enabled,
    queryFn: ({ signal }) => call(getTraceCost, { params: { project, traceId } }, { signal }),
  });
}

export function usePrices() {
  return useQuery({
    queryKey: ["prices"],
    queryFn: ({ signal }) => call(listPrices, {}, { signal }),
  });
}

/** The price that a call of a model has now; idle while `model` is empty. */
export function usePriceMatch(model: string, provider: string) {
  return useQuery({
    queryKey: ["prices", "match", model, provider],
    enabled: model !== "",
    queryFn: ({ signal }) => call(findPrice, { query: { model, provider } }, { signal }),
  });
}

export function useSetPrice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (price: { id?: string; rule: PriceRule }) => call(setPrice, { body: price }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["prices"] }),
  });
}

export function useDeletePrice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(deletePrice, { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["prices"] }),
  });
}

const REPRICE_POLL_MS = 700;

/** How far repricing is; asked again and again while it runs. */
export function useReprice() {
  return useQuery({
    queryKey: ["reprice"],
    queryFn: ({ signal }) => call(getReprice, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? REPRICE_POLL_MS : false),
  });
}

export function useStartReprice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (project: string) => call(startReprice, { body: { project } }),
    onSuccess: (status) => client.setQueryData(["reprice"], status),
  });
}

export function useStopReprice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(stopReprice, {}),
    onSuccess: (status) => client.setQueryData(["reprice"], status),
  });
}

export function useBudgets(project: string) {
  return useQuery({
    queryKey: ["budgets", project],
    queryFn: ({ signal }) => call(listBudgets, { params: { project } }, { signal }),
  });
}

export function useSetBudget(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { id?: string; budget: Budget }) => call(setBudget, { params: { project }, body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["budgets", project] }),
  });
}

export function useDeleteBudget(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(deleteBudget, { params: { project, id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["budgets", project] }),
  });
}
