import * as annotationContract from "@nightowl/model/api/annotations";
import * as correlateContract from "@nightowl/model/api/correlates";
import * as costContract from "@nightowl/model/api/costs";
import * as promptContract from "@nightowl/model/api/prompts";
import { getMeta, listProjects } from "@nightowl/model/api/projects";
import { listPublicProjects, listPublicSpans } from "@nightowl/model/api/public";
import { listQueryFields, runQuery } from "@nightowl/model/api/query";
import * as renormaliseContract from "@nightowl/model/api/renormalise";
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
  runQuery,
  listQueryFields,
  ...routesOf(annotationContract),
  ...routesOf(correlateContract),
  ...routesOf(costContract),
  ...routesOf(promptContract),
  ...routesOf(renormaliseContract),
  ...routesOf(sessionContract),
  ...routesOf(traceContract),
];

function routesOf(module: object): Route[] {
  return Object.values(module).filter(
    (entry) => typeof entry === "object" && "path" in (entry as object),
  ) as Route[];
}
