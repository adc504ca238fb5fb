import type { GroupSort, UserSummary } from "@nightowl/model/api/sessions";
import { printEquals } from "@nightowl/model/filter/print-filter";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { DataColumn } from "../../components/data-table.tsx";
import { EvalFigures } from "../../components/eval-figures.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatCount } from "../../view/format-number.ts";
import type { GroupSearch } from "../../data/group-search.ts";
import { rangeSearch } from "../../data/search-state.ts";
import { Errors, GroupCost } from "./group-figures.tsx";
import { GroupPage } from "./group-page.tsx";

const route = getRouteApi("/projects/$project/users");

/** The users of a project: how much each asked, waited, failed and cost. A user's line leads to all of their traces. */
export function UsersPage() {
  const { project } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useMemo(() => userColumns(project, search), [project, search]);
  return (
    <GroupPage
      kind="users"
      title="Users"
      project={project}
      search={search}
      onSearch={(next) => void navigate({ search: next })}
      columns={columns}
      rowKey={(row) => row.userId}
      none="No trace in this time names a user. Set `user.id` on its spans: with the SDK, `withUser({ userId })`."
    />
  );
}

function userColumns(project: string, search: GroupSearch): DataColumn<UserSummary, GroupSort>[] {
  const range = rangeSearch(search);
  return [
    {
      id: "user",
      label: "User",
      track: "minmax(110px, 1.4fr)",
      cell: ({ userId }) => (
        <Link
          to="/projects/$project/traces"
          params={{ project }}
          search={{ ...range, filter: printEquals("user", userId) }}
          data-row
          title={`All traces of ${userId}`}
        >
          {userId}
        </Link>
      ),
    },
    {
      id: "traces",
      label: "Traces",
      track: "56px",
      align: "end",
      sort: "traces",
      cell: ({ traceCount }) => formatCount(traceCount),
    },
    {
      id: "sessions",
      label: "Sessions",
      track: "64px",
      align: "end",
      fromWidth: 480,
      cell: ({ sessionCount, userId }) =>
        sessionCount === 0 ? (
          <span className="faint">0</span>
        ) : (
          <Link
            className="link"
            to="/projects/$project/sessions"
            params={{ project }}
            search={{ ...range, filter: printEquals("user", userId) }}
          >
            {formatCount(sessionCount)}
          </Link>
        ),
    },
    {
      id: "errors",
      label: "Errors",
      track: "48px",
      align: "end",
      sort: "errors",
      cell: ({ errorCount }) => <Errors count={errorCount} />,
    },
    {
      id: "p50",
      label: "p50",
      track: "64px",
      align: "end",
      fromWidth: 820,
      cell: ({ durationP50Ms }) => (durationP50Ms === null ? "–" : formatDuration(durationP50Ms)),
    },
    {
      id: "p95",
      label: "p95",
      track: "64px",
      align: "end",
      fromWidth: 720,
      cell: ({ durationP95Ms }) => (durationP95Ms === null ? "–" : formatDuration(durationP95Ms)),
    },
    {
      id: "tokens",
      label: "Tokens",
      track: "64px",
      align: "end",
      sort: "tokens",
      fromWidth: 560,
      cell: ({ inputTokens, outputTokens }) => formatCompact(inputTokens + outputTokens),
    },
    {
      id: "cost",
      label: "Cost",
      track: "78px",
      align: "end",
      sort: "cost",
      fromWidth: 620,
      cell: (row) => <GroupCost {...row} />,
    },
    {
      id: "evals",
      label: "Evals",
      track: "minmax(90px, 1.6fr)",
      fromWidth: 900,
      cell: ({ evals }) => <EvalFigures evals={evals} />,
    },
    {
      id: "first",
      label: "First seen",
      track: "112px",
      sort: "first",
      fromWidth: 1040,
      cell: ({ firstTimeNs }) => (
        <span className="faint">
          <TimeText ns={firstTimeNs} />
        </span>
      ),
    },
    {
      id: "last",
      label: "Last seen",
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
