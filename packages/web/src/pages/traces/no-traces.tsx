import { Link } from "@tanstack/react-router";
import { ListFilter } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../../components/button.tsx";
import { CodeLines, Panel } from "../../components/panel.tsx";
import { tabId, tabPanelId, Tabs } from "../../components/tabs.tsx";
import type { TimeRange } from "../../data/time-range.ts";
import { useNow } from "../../data/use-now.ts";
import { formatCount } from "../../view/format-number.ts";
import { formatRelative, msOfNs } from "../../view/format-time.ts";
import { rangePhrase } from "../../view/range-label.ts";
import { demoLine, firstTraceLines } from "./first-trace.ts";
import css from "./no-traces.module.css";

/** Beside the languages: traces of somebody else's making. */
const DEMO = "demo";

/** Of the other projects, as many as are read in a glance; the last active come first. */
const MAX_OTHERS = 8;

/** A project without traces: the exact lines that send the first one. The page shows it as soon as it is here. */
export function FirstTrace({ project, others }: { project: string; others: readonly string[] }) {
  const [language, setLanguage] = useState("curl");
  const languages = firstTraceLines(globalThis.location.origin, project);
  const chosen = languages.find(({ id }) => id === language);
  return (
    <div className={css["page"]}>
      <div className={css["column"]}>
        <h1>{project} has no traces yet</h1>
        {others.length > 0 && (
          <p className={css["text"]}>
            Traces are in:{" "}
            {others.slice(0, MAX_OTHERS).map((name, index) => (
              <span key={name}>
                {index > 0 && ", "}
                <Link to="/projects/$project/traces" params={{ project: name }} className="link">
                  {name}
                </Link>
              </span>
            ))}
            {others.length > MAX_OTHERS &&
              `, and ${formatCount(others.length - MAX_OTHERS)} more: the menu of projects has all of them`}
            .
          </p>
        )}
        <p className={css["text"]}>
          Nightowl takes OpenTelemetry traces at{" "}
          <span className="mono">{globalThis.location.origin}/v1/traces</span>. An application that is
          instrumented already needs only that address:{" "}
          <span className="mono">OTEL_EXPORTER_OTLP_ENDPOINT={globalThis.location.origin}</span>. To see a
          first trace right now, run this:
        </p>
        <div className={css["tabs"]}>
          <Tabs
            name="first-trace"
            label="Language"
            tabs={[...languages, { id: DEMO, label: "Demo data" }]}
            current={language}
            onChange={setLanguage}
          />
        </div>
        <div
          role="tabpanel"
          id={tabPanelId("first-trace")}
          aria-labelledby={tabId("first-trace", language)}
          className={css["panel"]}
        >
          {chosen === undefined ? (
            <>
              <p className={css["text"]}>
                No application at hand? This line, run in the folder of Nightowl, fills a project of its own,{" "}
                <span className="mono">demo</span>, with a week of an example service: conversations, errors,
                slow hours, two versions of a prompt. A link to it appears above.
              </p>
              <CodeLines text={demoLine(globalThis.location.origin)} label="fill the project demo" />
            </>
          ) : (
            <>
              {chosen.install !== undefined && <CodeLines text={chosen.install} label="install" />}
              <CodeLines text={chosen.code} label={`send a first trace with ${chosen.label}`} />
            </>
          )}
        </div>
        <p className={css["waiting"]} role="status">
          <i />
          Waiting for the first trace; it appears here by itself.
        </p>
      </div>
    </div>
  );
}

/** The filter in the address cannot be read; the filter bar says where and why. */
export function UnreadableFilter({ onClearFilter }: { onClearFilter: () => void }) {
  return (
    <Panel
      title="The filter cannot be read"
      icon={<ListFilter size={16} aria-hidden="true" />}
      actions={<Button onClick={onClearFilter}>Clear the filter</Button>}
    >
      <p>
        Filters look like{" "}
        <span className="mono">status:error latency:&gt;2s -user:loadtest "exact words"</span>.
      </p>
    </Panel>
  );
}

/** The project has traces, but none that this filter and range show: which of the two it is, and the way out. */
export function NothingMatches({
  filter,
  range,
  lastTraceNs,
  onClearFilter,
  onAllTime,
}: {
  filter: string | undefined;
  range: TimeRange;
  lastTraceNs: string | undefined;
  onClearFilter: () => void;
  onAllTime: () => void;
}) {
  const nowMs = useNow();
  const allTime = "range" in range && range.range === "all";
  const when = rangePhrase(range, nowMs);
  return (
    <Panel
      title={filter === undefined ? `No traces ${when}` : `No trace ${when} matches this filter`}
      icon={<ListFilter size={16} aria-hidden="true" />}
      actions={
        <>
          {filter !== undefined && <Button onClick={onClearFilter}>Clear the filter</Button>}
          {!allTime && (
            <button type="button" className={buttonClass()} onClick={onAllTime}>
              Look at all time
            </button>
          )}
        </>
      }
    >
      {filter !== undefined && <p className="mono">{filter}</p>}
      {lastTraceNs !== undefined && (
        <p>The newest trace of this project is from {formatRelative(msOfNs(lastTraceNs), nowMs)}.</p>
      )}
    </Panel>
  );
}
