import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { validateEvalsSearch } from "./data/evals-search.ts";
import { validateGroupSearch } from "./data/group-search.ts";
import { validateCostSearch } from "./data/cost-search.ts";
import { validatePromptListSearch, validatePromptSearch } from "./data/prompt-search.ts";
import { validateRetrievalSearch } from "./data/retrieval-search.ts";
import {
  parseSearch,
  stringifySearch,
  validateListSearch,
  validateTraceSearch,
} from "./data/search-state.ts";
import { lastProject, projectsQuery } from "./data/use-projects.ts";
import { NotFound, PageFault } from "./frame/faults.tsx";
import { Frame } from "./frame/frame.tsx";
import { LocatePage } from "./pages/locate/locate-page.tsx";
import { SettingsPage } from "./pages/settings/settings-page.tsx";
import { TracesPage } from "./pages/traces/traces-page.tsx";

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Frame,
  notFoundComponent: NotFound,
});

/** `/`: the project looked at last, else the most recently active one. */
const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async ({ context }) => {
    const names = await context.queryClient
      .fetchQuery(projectsQuery)
      .then((response) => response.data.map((project) => project.name))
      // The page itself shows what is wrong, with a way to try again.
      .catch((): string[] => []);
    const last = lastProject();
    const project = last !== undefined && names.includes(last) ? last : (names[0] ?? last ?? "default");
    throw redirect({ to: "/projects/$project/traces", params: { project }, replace: true });
  },
});

const tracesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/traces",
  validateSearch: validateListSearch,
  component: TracesPage,
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/traces/$traceId",
  validateSearch: validateTraceSearch,
  component: lazyRouteComponent(() => import("./pages/trace/trace-page.tsx"), "TracePage"),
});

const costRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/cost",
  validateSearch: validateCostSearch,
  component: lazyRouteComponent(() => import("./pages/cost/cost-page.tsx"), "CostPage"),
});

/** `/cost`: of the project looked at last. */
const anyCostRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cost",
  validateSearch: validateCostSearch,
  beforeLoad: ({ search }) => {
    throw redirect({
      to: "/projects/$project/cost",
      params: { project: lastProject() ?? "default" },
      search,
      replace: true,
    });
  },
});

const promptsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/prompts",
  validateSearch: validatePromptListSearch,
  component: lazyRouteComponent(() => import("./pages/prompts/prompts-page.tsx"), "PromptsPage"),
});

const promptRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/prompts/$templateId",
  validateSearch: validatePromptSearch,
  component: lazyRouteComponent(() => import("./pages/prompt/prompt-page.tsx"), "PromptPage"),
});

/** `/projects/x` is the project's traces. */
const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/projects/$project/traces", params, replace: true });
  },
});

const locateRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/traces/$traceId",
  validateSearch: validateTraceSearch,
  component: LocatePage,
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: SettingsPage,
});

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/sessions",
  validateSearch: validateGroupSearch,
  component: lazyRouteComponent(() => import("./pages/sessions/sessions-page.tsx"), "SessionsPage"),
});

const sessionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/sessions/$sessionId",
  component: lazyRouteComponent(() => import("./pages/sessions/session-page.tsx"), "SessionPage"),
});

const usersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/users",
  validateSearch: validateGroupSearch,
  component: lazyRouteComponent(() => import("./pages/sessions/users-page.tsx"), "UsersPage"),
});

const evalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/evals",
  validateSearch: validateEvalsSearch,
  component: lazyRouteComponent(() => import("./pages/evals/evals-page.tsx"), "EvalsPage"),
});

const retrievalRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$project/retrieval",
  validateSearch: validateRetrievalSearch,
  component: lazyRouteComponent(() => import("./pages/retrieval/retrieval-page.tsx"), "RetrievalPage"),
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  tracesRoute,
  traceRoute,
  costRoute,
  anyCostRoute,
  promptsRoute,
  promptRoute,
  projectRoute,
  sessionsRoute,
  sessionRoute,
  usersRoute,
  evalsRoute,
  retrievalRoute,
  locateRoute,
  settingsRoute,
]);

/** The page's addresses. */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultErrorComponent: PageFault,
    defaultNotFoundComponent: NotFound,
    // The lists keep their own places (data/list-memory.ts).
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
