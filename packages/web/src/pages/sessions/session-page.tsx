import type { SessionSummary, SessionTurn } from "@nightowl/model/api/sessions";
import { printEquals } from "@nightowl/model/filter/print-filter";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button, buttonClass } from "../../components/button.tsx";
import { EvalFigures } from "../../components/eval-figures.tsx";
import { KindDot, Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useSession } from "../../data/use-groups.ts";
import { Crumb, usePageTitle } from "../../frame/top-bar-slots.tsx";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatPlural } from "../../view/format-number.ts";
import { RichText } from "../../components/values/rich-text.tsx";
import { Errors, GroupCost } from "./group-figures.tsx";
import { FilterLink } from "../../components/filter-link.tsx";
import css from "./sessions.module.css";

const route = getRouteApi("/projects/$project/sessions/$sessionId");

/** A session as one conversation: what was asked and answered, turn by turn, each a way to its trace. */
export function SessionPage() {
  const { project, sessionId } = route.useParams();
  usePageTitle(sessionId, project);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSession(
    project,
    sessionId,
  );
  const session = data?.pages[0]?.session;
  const turns = data?.pages.flatMap((page) => page.turns) ?? [];
  return (
    <div className={css["page"]}>
      <Crumb>
        <Link to="/projects/$project/sessions" params={{ project }}>
          Sessions
        </Link>
        <span>/</span>
        <b className="mono truncate" aria-current="page" title={sessionId}>
          {sessionId}
        </b>
      </Crumb>
      {session === undefined ? (
        error === null ? (
          <SessionSkeleton />
        ) : (
          <ErrorPanel title="The session could not be read" error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <SessionHead project={project} session={session} />
          <div className={css["talk"]} role="log" aria-label="Conversation" tabIndex={0}>
            <ol className={css["turns"]}>
              {turns.map((turn, index) => (
                <Turn key={turn.trace.traceId} turn={turn} number={index + 1} />
              ))}
            </ol>
            {hasNextPage && (
              <Button onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>
                {isFetchingNextPage ? "Loading…" : "More turns"}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  );
}

function SessionHead({ project, session }: { project: string; session: SessionSummary }) {
  const { sessionId, userId, traceCount, errorCount, durationMs, inputTokens, outputTokens } = session;
  return (
    <header className={css["head"]}>
      <h1 title={sessionId}>{sessionId}</h1>
      <dl className={css["facts"]}>
        <Fact label="Turns">{traceCount}</Fact>
        <Fact label="Errors">
          <Errors count={errorCount} />
        </Fact>
        <Fact label="Lasted">{formatDuration(durationMs)}</Fact>
        <Fact label="Tokens">
          {formatCompact(inputTokens)} <span className="faint">→</span> {formatCompact(outputTokens)}
        </Fact>
        <Fact label="Cost">
          <GroupCost {...session} />
        </Fact>
        {userId !== "" && (
          <Fact label="User">
            <FilterLink
              className="link"
              project={project}
              field="user"
              value={userId}
              range={{ range: "all" }}
            />
          </Fact>
        )}
        {session.evals.length > 0 && (
          <Fact label="Evals">
            <EvalFigures evals={session.evals} />
          </Fact>
        )}
        <Fact label="Began">
          <TimeText ns={session.firstTimeNs} />
        </Fact>
      </dl>
      <Link
        className={buttonClass()}
        to="/projects/$project/traces"
        params={{ project }}
        search={{ filter: printEquals("session", sessionId), range: "all" }}
      >
        Its traces
      </Link>
    </header>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Turn({ turn, number }: { turn: SessionTurn; number: number }) {
  const { trace, input, output } = turn;
  const failed = trace.errorCount > 0;
  return (
    <li className={css["turn"]}>
      <Link
        className={css["turnHead"]}
        to="/projects/$project/traces/$traceId"
        params={{ project: trace.project, traceId: trace.traceId }}
        title="Open the trace of this turn"
      >
        <span className="faint num">{number}</span>
        <KindDot kind={trace.kind} failed={trace.status === "ERROR"} />
        <b>{trace.name || "(no name)"}</b>
        <span className="faint num">
          {trace.running ? "running" : formatDuration(trace.durationMs)}
          {trace.inputTokens !== null &&
            ` · ${formatCompact((trace.inputTokens ?? 0) + (trace.outputTokens ?? 0))} tokens`}
        </span>
        {failed && <span className="error-text">{formatPlural(trace.errorCount, "error")}</span>}
        <span className={css["turnTime"]}>
          <TimeText ns={trace.startTimeNs} />
        </span>
      </Link>
      {input !== null && <Said who="user" text={input.text} truncated={input.truncated} />}
      {output !== null && <Said who="assistant" text={output.text} truncated={output.truncated} />}
      {output === null && trace.errorPreview !== "" && (
        <p className={css["failed"]}>
          <span className="error-text">{trace.errorPreview}</span>
        </p>
      )}
      {input === null && output === null && trace.errorPreview === "" && (
        <p className="faint">What was said was not sent.</p>
      )}
    </li>
  );
}

function Said({ who, text, truncated }: { who: "user" | "assistant"; text: string; truncated: boolean }) {
  return (
    <div className={css["said"]} data-who={who}>
      <span className={css["who"]}>{who === "user" ? "User" : "Assistant"}</span>
      <RichText text={text} mode="markdown" />
      {truncated && <p className="faint">… the rest is on the trace's page</p>}
    </div>
  );
}

function SessionSkeleton() {
  return (
    <div className={css["talk"]} aria-hidden="true">
      {[0.5, 0.8, 0.4, 0.7].map((share) => (
        <Skeleton key={share} width={`${share * 70}%`} height={28} />
      ))}
    </div>
  );
}
