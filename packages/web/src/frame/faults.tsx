import { Link, useParams, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Button, buttonClass } from "../components/button.tsx";
import { CopyButton } from "../components/copy-button.tsx";
import { Panel } from "../components/panel.tsx";
import { usePageTitle } from "./top-bar-slots.tsx";

/** An address that names no page. */
export function NotFound() {
  usePageTitle("Not found");
  return (
    <Panel
      level={1}
      title="There is no page at this address"
      icon={<Compass size={16} aria-hidden="true" />}
      actions={
        <Link to="/" className={buttonClass()}>
          To the traces
        </Link>
      }
    >
      <p className="mono">{globalThis.location.pathname}</p>
    </Panel>
  );
}

/** The page itself failed: a fault of ours. What to do, and what to tell us. */
export function PageFault({ error: thrown, reset }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const router = useRouter();
  const { project } = useParams({ strict: false });
  // After an update of the server the old page's files are gone.
  const stale = /dynamically imported module|module script/i.test(error.message);
  const retry = () => {
    if (stale) globalThis.location.reload();
    reset();
    void router.invalidate();
  };
  return (
    <Panel
      level={1}
      title={stale ? "This page is from an older version of the server" : "This page broke"}
      tone="error"
      actions={
        <>
          <Button onClick={retry}>{stale ? "Reload" : "Try again"}</Button>
          {project !== undefined && (
            <Link
              to="/projects/$project/traces"
              params={{ project }}
              className={buttonClass({ variant: "ghost" })}
            >
              To the traces
            </Link>
          )}
          <CopyButton
            text={() => `${error.message}\n${error.stack ?? ""}\n${globalThis.location.href}`}
            label="Copy the details"
          >
            Copy the details
          </CopyButton>
        </>
      }
    >
      <p>
        {stale
          ? "Reloading fetches the new one."
          : "The fault is Nightowl's, not your data's: nothing is lost. If trying again does not help, please report the details."}
      </p>
      <p className="mono faint">{error.message}</p>
    </Panel>
  );
}
