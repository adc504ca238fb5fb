import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiCallError } from "@nightowl/model/client/create-client";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import css from "./panel.module.css";

/** A page or a part of one that has nothing to show: what is so, and what to do next. */
export function Panel({
  title,
  icon,
  children,
  actions,
  tone = "plain",
  small = false,
  level = 2,
}: {
  title: string;
  /** 1 where the panel is the whole page. */
  level?: 1 | 2;
  icon?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  tone?: "plain" | "error";
  small?: boolean;
}) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <section
      className={css["panel"]}
      data-tone={tone}
      data-small={small || undefined}
      role={tone === "error" ? "alert" : undefined}
    >
      <Heading className={css["title"]}>
        {icon}
        {title}
      </Heading>
      {children !== undefined && <div className={css["text"]}>{children}</div>}
      {actions !== undefined && <div className={css["actions"]}>{actions}</div>}
    </section>
  );
}

/** What went wrong, in the server's words, with its hint and a way to try again. */
export function ErrorPanel({
  error,
  title,
  onRetry,
  small,
}: {
  error: unknown;
  title: string;
  onRetry?: () => void;
  small?: boolean;
}) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof ApiCallError ? error.hint : undefined;
  return (
    <Panel
      title={title}
      tone="error"
      icon={<CircleAlert size={16} aria-hidden="true" />}
      {...(small ? { small } : {})}
      {...(onRetry ? { actions: <Button onClick={onRetry}>Try again</Button> } : {})}
    >
      <p>{message}</p>
      {hint !== undefined && <p className="faint">{withCode(hint)}</p>}
    </Panel>
  );
}

/** The server's hints set commands between backticks. */
function withCode(text: string): ReactNode[] {
  return text
    .split(/`([^`]+)`/)
    .map((piece, index) => (index % 2 === 0 ? piece : <code key={piece}>{piece}</code>));
}

/** Lines to copy into a terminal or a file. */
export function CodeLines({ text, label }: { text: string; label: string }) {
  return (
    <div className={css["code"]}>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <span className={css["copy"]}>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </span>
    </div>
  );
}
