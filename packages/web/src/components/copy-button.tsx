import { Check, Copy } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button, IconButton } from "./button.tsx";
import { showToast } from "./toast.tsx";

/** Puts text on the clipboard and says so; says so, too, where the browser refuses. */
export async function copyText(text: string, what = "Copied"): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http on another host has no clipboard API: the older way still works there.
    if (!copyBySelection(text)) {
      showToast("Could not copy: the browser refused");
      return false;
    }
  }
  showToast(what);
  return true;
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

/** Copies `text`. With children it is a labelled button, without an icon. */
export function CopyButton({
  text,
  label,
  what,
  children,
}: {
  /** The text, or how to make it when it is dear to make. */
  text: string | (() => string);
  label: string;
  /** What the toast says. */
  what?: string;
  children?: ReactNode;
}) {
  const [done, setDone] = useState(false);
  const onClick = async () => {
    if (!(await copyText(typeof text === "string" ? text : text(), what))) return;
    setDone(true);
    setTimeout(() => setDone(false), 1200);
  };
  const icon = done ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />;
  if (children === undefined) {
    return (
      <IconButton label={label} size="small" onClick={onClick}>
        {icon}
      </IconButton>
    );
  }
  return (
    <Button onClick={onClick} title={label}>
      {icon}
      {children}
    </Button>
  );
}
