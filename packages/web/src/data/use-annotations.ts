import type { AnnotationTarget } from "@nightowl/model/annotation/annotation";
import {
  deleteAnnotation,
  getTraceAnnotations,
  listAnnotationNames,
  putAnnotation,
} from "@nightowl/model/api/annotations";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "./client.ts";

/** Every annotation of a trace. */
export function useTraceAnnotations(project: string, traceId: string) {
  return useQuery({
    queryKey: ["annotations", project, traceId],
    queryFn: async ({ signal }) =>
      (await call(getTraceAnnotations, { params: { project, traceId } }, { signal })).data,
  });
}

/** Names that the project's annotations have, for suggestions. */
export function useAnnotationNames(project: string) {
  return useQuery({
    queryKey: ["annotation-names", project],
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      (await call(listAnnotationNames, { params: { project } }, { signal })).data,
  });
}

/** What a person says by hand. */
export interface HandAnnotation {
  target: AnnotationTarget;
  name: string;
  label: string | null;
  score: number | null;
  explanation: string | null;
}

export function useWriteAnnotation(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (annotation: HandAnnotation) => call(putAnnotation, { body: annotation }),
    onSuccess: () => invalidate(client, project),
  });
}

export function useDeleteAnnotation(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(deleteAnnotation, { params: { id } }),
    onSuccess: () => invalidate(client, project),
  });
}

function invalidate(client: ReturnType<typeof useQueryClient>, project: string): Promise<unknown> {
  return Promise.all([
    client.invalidateQueries({ queryKey: ["annotations", project] }),
    client.invalidateQueries({ queryKey: ["annotation-names", project] }),
  ]);
}
