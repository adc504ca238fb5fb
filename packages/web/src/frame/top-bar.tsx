import { Link, useMatchRoute, useParams, useSearch } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { buttonClass } from "../components/button.tsx";
import { Kbd } from "../components/marks.tsx";
import { validatePromptListSearch } from "../data/prompt-search.ts";
import { listSearchOf, type ListSearch } from "../data/search-state.ts";
import { openFrameWindow } from "./frame-state.ts";
import css from "./frame.module.css";
import { ProjectSwitcher } from "./project-switcher.tsx";

/** Where one is, the way to everything else, and the page's own buttons. */
export function TopBar({
  crumbRef,
  actionsRef,
}: {
  crumbRef: (element: HTMLElement | null) => void;
  actionsRef: (element: HTMLElement | null) => void;
}) {
  const { project } = useParams({ strict: false });
  return (
    <header className={css["top"]}>
      <nav className={css["crumbs"]} aria-label="Breadcrumb">
        {project !== undefined && (
          <>
            <ProjectSwitcher project={project} />
            <span aria-hidden="true">/</span>
            <Section project={project} />
          </>
        )}
        <span ref={crumbRef} className={css["crumbSlot"]} />
      </nav>
      <span className={css["space"]} />
      <button
        type="button"
        className={buttonClass({ variant: "ghost" })}
        onClick={() => openFrameWindow("palette")}
        title="Search or paste a trace id"
      >
        <Search size={14} aria-hidden="true" />
        <span className={css["searchLong"]}>Search or paste a trace id</span>
        <span className={css["searchLong"]} aria-hidden="true">
          <Kbd>mod+K</Kbd>
        </span>
      </button>
      <div ref={actionsRef} className={css["actions"]} />
    </header>
  );
}

/** The list that one is on, or the way back to it from one of its own. Other pages say by themselves what they are. */
function Section({ project }: { project: string }) {
  const { traceId, templateId } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const matches = useMatchRoute();
  const isPrompts = matches({ to: "/projects/$project/prompts", fuzzy: true }) !== false;
  if (!isPrompts && matches({ to: "/projects/$project/traces", fuzzy: true }) === false) return null;
  const label = isPrompts ? "Prompts" : "Traces";
  if (traceId === undefined && templateId === undefined) return <span aria-current="page">{label}</span>;
  return (
    <>
      {isPrompts ? (
        <Link
          to="/projects/$project/prompts"
          params={{ project }}
          search={validatePromptListSearch({ ...search })}
          activeOptions={{ exact: true }}
        >
          {label}
        </Link>
      ) : (
        <Link
          to="/projects/$project/traces"
          params={{ project }}
          search={listSearchOf(search as ListSearch)}
          activeOptions={{ exact: true }}
        >
          {label}
        </Link>
      )}
      <span aria-hidden="true">/</span>
    </>
  );
}
