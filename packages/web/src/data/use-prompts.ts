import {
  comparePrompts,
  getPrompt,
  getSpanPrompt,
  listPrompts,
  samplePrompt,
} from "@nightowl/model/api/prompts";
import { useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import { call } from "./client.ts";

export type PromptTemplateRow = z.output<typeof listPrompts.response>["data"][number];
export type PromptDetail = z.output<typeof getPrompt.response>;

interface RangeQuery {
  from?: string;
  to?: string;
}

/** Prompt templates with calls in a range; idle until the range is known. */
export function usePromptList(project: string, query: (RangeQuery & { buckets: number }) | undefined) {
  return useQuery({
    queryKey: ["prompts", project, query],
    enabled: query !== undefined,
    queryFn: ({ signal }) => call(listPrompts, { params: { project }, query: query ?? {} }, { signal }),
    placeholderData: (previous, before) => (before?.queryKey[1] === project ? previous : undefined),
  });
}

/** One template with its versions and their traffic. */
export function usePrompt(
  project: string,
  templateId: string,
  query: (RangeQuery & { buckets: number }) | undefined,
) {
  return useQuery({
    queryKey: ["prompt", project, templateId, query],
    enabled: query !== undefined,
    queryFn: ({ signal }) =>
      call(getPrompt, { params: { project, templateId }, query: query ?? {} }, { signal }),
    placeholderData: (previous, before) => (before?.queryKey[2] === templateId ? previous : undefined),
  });
}

/** What was filled into a version's variables, and what it was sent with; idle without a version. */
export function usePromptSample(
  project: string,
  templateId: string,
  versionId: string | undefined,
  query: RangeQuery,
) {
  return useQuery({
    queryKey: ["prompt-sample", project, templateId, versionId, query],
    enabled: versionId !== undefined,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call(samplePrompt, { params: { project, templateId, versionId: versionId ?? "" }, query }, { signal }),
  });
}

export type ComparisonQuery = Partial<Record<"a" | "b" | "aFrom" | "aTo" | "bFrom" | "bTo", string>>;

/** The measurements of two sides of a template; idle until they are known. */
export function usePromptComparison(project: string, templateId: string, query: ComparisonQuery | undefined) {
  return useQuery({
    queryKey: ["prompt-comparison", project, templateId, query],
    enabled: query !== undefined,
    queryFn: ({ signal }) =>
      call(comparePrompts, { params: { project, templateId }, query: query ?? {} }, { signal }),
    placeholderData: (previous, before) => (before?.queryKey[2] === templateId ? previous : undefined),
  });
}

/** The template that a model call's prompt follows. */
export function useSpanPrompt(project: string, traceId: string, spanId: string) {
  return useQuery({
    queryKey: ["span-prompt", project, traceId, spanId],
    queryFn: async ({ signal }) =>
      (await call(getSpanPrompt, { params: { project, traceId, spanId } }, { signal })).prompt,
  });
}
