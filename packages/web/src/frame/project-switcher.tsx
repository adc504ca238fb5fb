import { useNavigate } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { Menu, MenuItem, MenuLabel } from "../components/floating.tsx";
import { useNow } from "../data/use-now.ts";
import { useProjects } from "../data/use-projects.ts";
import { formatRelative, msOfNs } from "../view/format-time.ts";
import css from "./frame.module.css";

const REFRESH_MS = 15_000;

/** The current project, and the way to another. */
export function ProjectSwitcher({ project }: { project: string }) {
  const { data } = useProjects({ refetchInterval: REFRESH_MS });
  const navigate = useNavigate();
  const trigger = (
    <button type="button" className={css["project"]} aria-label={`Project ${project}: switch`}>
      <span className="truncate">{project}</span>
      <ChevronDown size={13} aria-hidden="true" />
    </button>
  );
  const nowMs = useNow();
  return (
    <Menu trigger={trigger}>
      <MenuLabel>Projects, the last active first</MenuLabel>
      {(data ?? []).map(({ name, lastTraceNs }) => (
        <MenuItem
          key={name}
          checked={name === project}
          end={formatRelative(msOfNs(lastTraceNs), nowMs)}
          onClick={() =>
            void navigate({ to: "/projects/$project/traces", params: { project: name }, search: {} })
          }
        >
          <span className="truncate">{name}</span>
        </MenuItem>
      ))}
      {data?.length === 0 && <MenuLabel>No traces have come in yet.</MenuLabel>}
    </Menu>
  );
}
