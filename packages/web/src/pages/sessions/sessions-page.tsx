import type { GroupSort, SessionSummary } from "@nightowl/model/api/sessions";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { DataColumn } from "../../components/data-table.tsx";
import { EvalFigures } from "../../components/eval-figures.tsx";
import { FilterLink } from "../../components/filter-link.tsx";
import { TimeText } from "../../components/time-text.tsx";
import type { GroupSearch } from "../../data/group-search.ts";
import { rangeSearch } from "../../data/search-state.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatCount } from "../../view/format-number.ts";
import { Errors, GroupCost } from "./group-figures.tsx";
import { GroupPage } from "./group-page.tsx";

const route = getRouteApi("/projects/$project/sessions");

/** The sessions of a project: who talked how long, at what cost, and how it was judged. */
export function SessionsPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useMemo(() => sessionColumns(project, search), [project, search]);
  return (
    <GroupPage
      kind="sessions"
      title="Sessions"
      project={project}
      search={search}
      onSearch={(next) => void navigate({ search: next })}
      columns={columns}
      rowKey={(row) => row.sessionId}
      none="No trace in this time names a session. Set `session.id` on its spans: with the SDK, `withUser({ sessionId })`."
    />
  );
}

function sessionColumns(project: string, search: GroupSearch): DataColumn<SessionSummary, GroupSort>[] {
  return [
    {
      id: "session",
      label: "Session",
      track: "minmax(110px, 1fr)",
      cell: ({ sessionId }) => (
        <Link
          to="/projects/$project/sessions/$sessionId"
          params={{ project, sessionId }}
          data-row
          title={sessionId}
        >
          {sessionId}
        </Link>
      ),
    },
    {
      id: "said",
      label: "Began with",
      track: "minmax(120px, 2.4fr)",
      fromWidth: 700,
      cell: ({ firstInputPreview }) => <span className="muted">{firstInputPreview || "–"}</span>,
    },
    {
      id: "user",
      label: "User",
      track: "minmax(60px, 0.6fr)",
      fromWidth: 560,
      cell: ({ userId }) =>
        userId === "" ? (
          <span className="faint">–</span>
        ) : (
          <FilterLink project={project} field="user" value={userId} range={rangeSearch(search)} />
        ),
    },
    {
      id: "turns",
      label: "Turns",
      track: "48px",
      align: "end",
      sort: "traces",
      cell: ({ traceCount }) => formatCount(traceCount),
    },
    {
      id: "errors",
      label: "Errors",
      track: "48px",
      align: "end",
      sort: "errors",
      fromWidth: 480,
      cell: ({ errorCount }) => <Errors count={errorCount} />,
    },
    {
      id: "duration",
      label: "Lasted",
      track: "68px",
      align: "end",
      fromWidth: 820,
      cell: ({ durationMs }) => formatDuration(durationMs),
    },
    {
      id: "tokens",
      label: "Tokens",
      track: "60px",
      align: "end",
      sort: "tokens",
      fromWidth: 620,
      cell: ({ inputTokens, outputTokens }) => formatCompact(inputTokens + outputTokens),
    },
    {
      id: "cost",
      label: "Cost",
      track: "74px",
      align: "end",
      sort: "cost",
      fromWidth: 760,
      cell: (row) => <GroupCost {...row} />,
    },
    {
      id: "evals",
      label: "Evals",
      track: "minmax(90px, 1.4fr)",
      fromWidth: 1060,
      cell: ({ evals }) => <EvalFigures evals={evals} />,
    },
    {
      id: "last",
      label: "Last heard of",
      track: "112px",
      sort: "last",
      cell: ({ lastTimeNs }) => (
        <span className="faint">
          <TimeText ns={lastTimeNs} />
        </span>
      ),
    },
  ];
}
