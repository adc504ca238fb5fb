import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Folder, Keyboard, Link2, ListTree, Settings, SunMoon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { copyText } from "../components/copy-button.tsx";
import { Dialog } from "../components/floating.tsx";
import { Kbd } from "../components/marks.tsx";
import { setTheme, THEME_CHOICES, useTheme } from "../data/theme.ts";
import { useProjects } from "../data/use-projects.ts";
import { locateQuery } from "../data/use-trace.ts";
import { parsePastedId, shortTraceId } from "../view/trace-id.ts";
import { openFrameWindow } from "./frame-state.ts";
import css from "./palette.module.css";

/** ⌘K: paste a trace id and go there; projects, theme, link, keys. */
export default function Palette() {
  const [text, setText] = useState("");
  const pasted = parsePastedId(text);
  return (
    <Dialog bare open onOpenChange={(open) => !open && openFrameWindow(null)} title="Search">
      <Command label="Search" className={css["palette"]} shouldFilter={pasted === undefined} loop>
        <Command.Input
          autoFocus
          value={text}
          onValueChange={setText}
          placeholder="Paste a trace id, or type a project or a command"
          className={css["input"]}
        />
        <Command.List className={css["list"]}>
          {pasted?.type === "trace" && <TraceAnswer traceId={pasted.traceId} />}
          {pasted?.type === "span" && <SpanAnswer spanId={pasted.spanId} />}
          {pasted === undefined && (
            <>
              <Command.Empty className={css["say"]}>{emptyText(text)}</Command.Empty>
              <Projects />
              <Commands />
            </>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}

function emptyText(text: string): string {
  const digits = text.trim().length;
  if (/^[0-9a-f]{6,}$/i.test(text.trim())) {
    return `A trace id has 32 hexadecimal digits; this has ${digits}.`;
  }
  return "Nothing has this name. To search in traces, use the filter of the Traces page.";
}

function Item({
  icon,
  children,
  end,
  onSelect,
  value,
}: {
  icon: ReactNode;
  children: ReactNode;
  end?: ReactNode;
  onSelect: () => void;
  value?: string;
}) {
  const select = () => {
    openFrameWindow(null);
    onSelect();
  };
  return (
    <Command.Item className={css["item"]} onSelect={select} {...(value === undefined ? {} : { value })}>
      {icon}
      {children}
      {end !== undefined && <span className={css["end"]}>{end}</span>}
    </Command.Item>
  );
}

function TraceAnswer({ traceId }: { traceId: string }) {
  const located = useQuery(locateQuery(traceId));
  const navigate = useNavigate();
  if (located.isPending) return <div className={css["say"]}>Looking for {shortTraceId(traceId)} …</div>;
  if (located.isError) {
    return (
      <div className={css["say"]} role="alert">
        <b>Could not look.</b> {located.error.message}
      </div>
    );
  }
  if (located.data.length === 0) {
    return (
      <div className={css["say"]} role="alert">
        <b>No trace with this id is here.</b>
        <div className="mono faint">{traceId}</div>
        It may not have arrived yet, may have passed the retention time, or was sent to another server.
      </div>
    );
  }
  return (
    <Command.Group heading="Trace">
      {located.data.map((project) => (
        <Item
          key={project}
          value={project}
          icon={<ListTree size={14} aria-hidden="true" />}
          end={project}
          onSelect={() =>
            void navigate({ to: "/projects/$project/traces/$traceId", params: { project, traceId } })
          }
        >
          Open <span className="mono">{shortTraceId(traceId)}</span>
        </Item>
      ))}
    </Command.Group>
  );
}

function SpanAnswer({ spanId }: { spanId: string }) {
  return (
    <div className={css["say"]}>
      <b>This looks like a span id</b> (16 digits): <span className="mono">{spanId}</span>.
      <br />
      Spans are found through their trace: paste the trace id (32 digits), then search for the span there with{" "}
      <Kbd>/</Kbd>.
    </div>
  );
}

function Projects() {
  const { data } = useProjects();
  const navigate = useNavigate();
  if (data === undefined || data.length === 0) return null;
  return (
    <Command.Group heading="Projects">
      {data.map(({ name }) => (
        <Item
          key={name}
          value={`project ${name}`}
          icon={<Folder size={14} aria-hidden="true" />}
          onSelect={() => void navigate({ to: "/projects/$project/traces", params: { project: name } })}
        >
          {name}
        </Item>
      ))}
    </Command.Group>
  );
}

function Commands() {
  const theme = useTheme();
  const navigate = useNavigate();
  const { traceId } = useParams({ strict: false });
  return (
    <Command.Group heading="Commands">
      <Item
        icon={<Link2 size={14} aria-hidden="true" />}
        onSelect={() => void copyText(globalThis.location.href, "Link copied")}
      >
        Copy a link to this view
      </Item>
      {traceId !== undefined && (
        <Item
          icon={<Link2 size={14} aria-hidden="true" />}
          onSelect={() => void copyText(traceId, "Trace id copied")}
        >
          Copy the trace id
        </Item>
      )}
      {THEME_CHOICES.filter((choice) => choice !== theme).map((choice) => (
        <Item key={choice} icon={<SunMoon size={14} aria-hidden="true" />} onSelect={() => setTheme(choice)}>
          {choice === "system" ? "Theme: as the system" : `Theme: ${choice}`}
        </Item>
      ))}
      <Item
        icon={<Keyboard size={14} aria-hidden="true" />}
        end={<Kbd>?</Kbd>}
        onSelect={() => setTimeout(() => openFrameWindow("shortcuts"))}
      >
        Keyboard
      </Item>
      <Item
        icon={<Settings size={14} aria-hidden="true" />}
        onSelect={() => void navigate({ to: "/settings" })}
      >
        Settings and about
      </Item>
    </Command.Group>
  );
}
