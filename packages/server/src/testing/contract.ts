import { getMeta, listProjects } from "@nightowl/model/api/projects";
import { listPublicProjects, listPublicSpans } from "@nightowl/model/api/public";
import type { Route } from "@nightowl/model/api/route";
import { getSpan } from "@nightowl/model/api/spans";
import * as traceContract from "@nightowl/model/api/traces";

/** Every entry of the contract. */
export const CONTRACT: Route[] = [
  listProjects,
  getMeta,
  getSpan,
  listPublicProjects,
  listPublicSpans,
  ...(Object.values(traceContract).filter(
    (entry) => typeof entry === "object" && "path" in entry,
  ) as Route[]),
];
