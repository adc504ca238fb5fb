import * as annotationContract from "@nightowl/model/api/annotations";
import * as correlateContract from "@nightowl/model/api/correlates";
import { getMeta, listProjects } from "@nightowl/model/api/projects";
import { listPublicProjects, listPublicSpans } from "@nightowl/model/api/public";
import type { Route } from "@nightowl/model/api/route";
import * as sessionContract from "@nightowl/model/api/sessions";
import { getSpan } from "@nightowl/model/api/spans";
import * as traceContract from "@nightowl/model/api/traces";

/** Every entry of the contract. */
export const CONTRACT: Route[] = [
  listProjects,
  getMeta,
  getSpan,
  listPublicProjects,
  listPublicSpans,
  ...[annotationContract, correlateContract, sessionContract, traceContract].flatMap(
    (entries) =>
      Object.values(entries).filter((entry) => typeof entry === "object" && "path" in entry) as Route[],
  ),
];
