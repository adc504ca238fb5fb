import { Link, useParams, useSearch } from "@tanstack/react-router";
import {
  Braces,
  CircleDollarSign,
  FileSearch,
  Gauge,
  ListTree,
  MessagesSquare,
  Monitor,
  Moon,
  Settings,
  Sun,
  Users,
} from "lucide-react";
import { buttonClass } from "../components/button.tsx";
import { Menu, MenuItem, MenuLabel } from "../components/floating.tsx";
import { rangeSearch } from "../data/search-state.ts";
import { lastProject } from "../data/use-projects.ts";
import { setTheme, THEME_CHOICES, useTheme, type ThemeChoice } from "../data/theme.ts";
import css from "./frame.module.css";

const THEME_LABELS: Record<ThemeChoice, string> = { system: "As the system", light: "Light", dark: "Dark" };
const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };

const PAGES = [
  { to: "/projects/$project/traces", label: "Traces", Icon: ListTree },
  { to: "/projects/$project/sessions", label: "Sessions", Icon: MessagesSquare },
  { to: "/projects/$project/users", label: "Users", Icon: Users },
  { to: "/projects/$project/prompts", label: "Prompts", Icon: Braces },
  { to: "/projects/$project/retrieval", label: "Retrieval", Icon: FileSearch },
  { to: "/projects/$project/evals", label: "Evals", Icon: Gauge },
  { to: "/projects/$project/cost", label: "Cost", Icon: CircleDollarSign },
] as const;

/** The way between pages. Only pages that exist stand here. */
export function Rail() {
  const { project } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  return (
    <nav className={css["rail"]} aria-label="Pages">
      <Link to="/" className={css["mark"]} aria-label="Nightowl: to the start">
        <img src="/favicon.svg" width={26} height={26} alt="" />
      </Link>
      {PAGES.map(({ to, label, Icon }) => (
        <Link
          key={to}
          to={to}
          params={{ project: project ?? lastProject() ?? "default" }}
          search={rangeSearch(search)}
          className={css["railLink"]}
          activeOptions={{ exact: false, includeSearch: false }}
          aria-label={label}
          title={label}
        >
          <Icon size={18} strokeWidth={1.7} aria-hidden="true" />
        </Link>
      ))}
      <div className={css["railEnd"]}>
        <ThemeMenu />
        <Link
          to="/settings"
          className={css["railLink"]}
          aria-label="Settings and about"
          title="Settings and about"
        >
          <Settings size={18} strokeWidth={1.7} aria-hidden="true" />
        </Link>
      </div>
    </nav>
  );
}

function ThemeMenu() {
  const theme = useTheme();
  const Icon = THEME_ICONS[theme];
  const trigger = (
    <button
      type="button"
      className={`${buttonClass({ variant: "ghost" })} ${css["railLink"]}`}
      aria-label="Theme"
      title="Theme"
    >
      <Icon size={18} strokeWidth={1.7} aria-hidden="true" />
    </button>
  );
  return (
    <Menu trigger={trigger}>
      <MenuLabel>Theme</MenuLabel>
      {THEME_CHOICES.map((choice) => (
        <MenuItem
          key={choice}
          checked={choice === theme}
          onClick={() => setTheme(choice)}
          end={choice === theme ? "✓" : ""}
        >
          {THEME_LABELS[choice]}
        </MenuItem>
      ))}
    </Menu>
  );
}
