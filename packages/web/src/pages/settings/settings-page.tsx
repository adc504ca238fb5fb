import type { getMeta } from "@nightowl/model/api/projects";
import type { z } from "zod";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { setTheme, THEME_CHOICES, useTheme, type ThemeChoice } from "../../data/theme.ts";
import { useMeta } from "../../data/use-projects.ts";
import { Crumb, usePageTitle } from "../../frame/top-bar-slots.tsx";
import frameCss from "../../frame/frame.module.css";
import css from "./settings.module.css";

const THEME_LABELS: Record<ThemeChoice, string> = { system: "As the system", light: "Light", dark: "Dark" };

/** How the page looks, and what the server behind it is. */
export function SettingsPage() {
  const theme = useTheme();
  const meta = useMeta();
  usePageTitle("Settings");
  return (
    <div className={frameCss["scroll"]}>
      <Crumb>
        <span aria-current="page">Settings</span>
      </Crumb>
      <h1 className="sr-only">Settings</h1>
      <div className={css["page"]}>
        <section className={css["section"]}>
          <h2>Theme</h2>
          <div className={css["choice"]} role="radiogroup" aria-label="Theme">
            {THEME_CHOICES.map((choice) => (
              <label key={choice}>
                <input
                  type="radio"
                  name="theme"
                  checked={choice === theme}
                  onChange={() => setTheme(choice)}
                />
                {THEME_LABELS[choice]}
              </label>
            ))}
          </div>
        </section>
        <section className={css["section"]}>
          <h2>This server</h2>
          {meta.isError ? (
            <ErrorPanel
              small
              title="Could not ask the server"
              error={meta.error}
              onRetry={() => void meta.refetch()}
            />
          ) : (
            <ServerFacts meta={meta.data} />
          )}
        </section>
      </div>
    </div>
  );
}

function ServerFacts({ meta }: { meta: z.infer<(typeof getMeta)["response"]> | undefined }) {
  const facts: [string, string | undefined][] = [
    ["Version", meta?.version],
    ["Data folder", meta?.dataDir],
    ["Traces are kept", meta && (meta.retentionDays ? `${meta.retentionDays} days` : "without limit")],
    ["OTLP over HTTP", meta?.receivers.http.join("\n")],
    ["OTLP over gRPC", meta && (meta.receivers.grpc ?? "not listening")],
  ];
  return (
    <dl className={css["facts"]}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono" style={{ whiteSpace: "pre-line" }}>
            {value ?? <Skeleton width={180} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
