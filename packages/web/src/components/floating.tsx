import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Popover as BasePopover } from "@base-ui/react/popover";
import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { IconButton } from "./button.tsx";
import css from "./floating.module.css";

type Align = "start" | "center" | "end";

/** A menu under its trigger. Fill it with {@link MenuItem}, {@link MenuLabel}, {@link MenuSeparator}. */
export function Menu({
  trigger,
  children,
  align = "start",
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: Align;
}) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      {/* Inside the page's landmark, for a menu is not one itself. */}
      <BaseMenu.Portal container={document.getElementById("page")}>
        <BaseMenu.Positioner className={css["positioner"]} sideOffset={4} align={align}>
          <BaseMenu.Popup className={css["popup"]}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export function MenuItem({
  children,
  end,
  checked,
  onClick,
}: {
  children: ReactNode;
  /** Faint text at the right: a count, a key. */
  end?: ReactNode;
  checked?: boolean;
  onClick: () => void;
}) {
  return (
    <BaseMenu.Item className={css["item"]} data-checked={checked || undefined} onClick={onClick}>
      {children}
      {end !== undefined && <span className={css["end"]}>{end}</span>}
    </BaseMenu.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className={css["label"]}>{children}</div>;
}

export function MenuSeparator() {
  return <BaseMenu.Separator className={css["separator"]} />;
}

/** Anything that opens under its trigger and is more than a menu. */
export function Popover({
  trigger,
  children,
  label,
  align = "start",
  open,
  onOpenChange,
}: {
  trigger: ReactElement;
  children: ReactNode;
  label: string;
  align?: Align;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  return (
    <BasePopover.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange: (next: boolean) => onOpenChange(next) } : {})}
    >
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner className={css["positioner"]} sideOffset={4} align={align}>
          <BasePopover.Popup className={`${css["popup"]} ${css["popover"]}`} aria-label={label}>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}

/** A window over the page; Escape and a click beside it close it. `bare` leaves head and padding to the content. */
export function Dialog({
  open,
  onOpenChange,
  title,
  children,
  bare = false,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  bare?: boolean;
}) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={css["backdrop"]} />
        <BaseDialog.Popup className={css["dialog"]}>
          {bare ? (
            <>
              <BaseDialog.Title className="sr-only">{title}</BaseDialog.Title>
              {children}
            </>
          ) : (
            <>
              <div className={css["dialogHead"]}>
                <BaseDialog.Title>{title}</BaseDialog.Title>
                <IconButton label="Close" size="small" onClick={() => onOpenChange(false)}>
                  <X size={14} aria-hidden="true" />
                </IconButton>
              </div>
              <div className={css["dialogBody"]}>{children}</div>
            </>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
