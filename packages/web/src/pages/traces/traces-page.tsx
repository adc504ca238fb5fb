import { getRouteApi } from "@tanstack/react-router";
import { usePageTitle } from "../../frame/top-bar-slots.tsx";

const route = getRouteApi("/projects/$project/traces");

/** The traces of a project. */
export function TracesPage() {
  const { project } = route.useParams();
  usePageTitle("Traces", project);
  return <h1 className="sr-only">Traces of {project}</h1>;
}
