import type { ComponentProps } from "react";
import css from "./button.module.css";

interface ButtonLook {
  variant?: "plain" | "ghost" | "primary";
  size?: "normal" | "small";
}

/** The class of a button, for links and Base UI triggers that should look like one. */
export function buttonClass({
  variant = "plain",
  size = "normal",
  icon = false,
}: ButtonLook & { icon?: boolean } = {}) {
  return [
    css["button"],
    variant !== "plain" && css[variant],
    size === "small" && css["small"],
    icon && css["icon"],
  ]
    .filter(Boolean)
    .join(" ");
}

export function Button({ variant, size, className, ...props }: ComponentProps<"button"> & ButtonLook) {
  return (
    <button
      type="button"
      {...props}
      className={`${buttonClass({ ...(variant && { variant }), ...(size && { size }) })} ${className ?? ""}`}
    />
  );
}

/** A square button with an icon only; `label` is its name for everyone who cannot see it, and its tooltip. */
export function IconButton({
  label,
  variant = "ghost",
  size,
  className,
  ...props
}: ComponentProps<"button"> & ButtonLook & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...props}
      className={`${buttonClass({ variant, ...(size && { size }), icon: true })} ${className ?? ""}`}
    />
  );
}
