import { useMemo } from "react";
import { tokeniseJson } from "../../view/transcript-json.ts";
import css from "./values.module.css";

/** JSON text, lightly coloured. */
export function JsonText({ text, wrap = true }: { text: string; wrap?: boolean }) {
  const tokens = useMemo(() => tokeniseJson(text), [text]);
  return (
    <pre className={`${css["json"]} ${wrap ? "" : css["nowrap"]}`}>
      {tokens.map((token, index) =>
        token.kind === "plain" ? (
          token.text
        ) : (
          // The pieces of a text never move among each other.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} className={css[token.kind]}>
            {token.text}
          </span>
        ),
      )}
    </pre>
  );
}
