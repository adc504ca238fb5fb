import { formatCount } from "../../../view/format-number.ts";
import type { CacheBreak } from "../../../view/transcript-cache-break.ts";
import css from "./messages.module.css";

/** Where the prompt stops being the one that the previous call left in the provider's cache, and why. */
export function CacheBreakNote({
  broken,
  cacheReadTokens,
  inputTokens,
}: {
  broken: CacheBreak;
  cacheReadTokens: number | undefined;
  inputTokens: number | undefined;
}) {
  return (
    <div className={css["cacheBreak"]} role="note">
      <b>The cached prefix breaks here</b>
      {broken.at === "tools" && (
        <span>
          the tools differ from those of the previous call ({broken.before} then, {broken.after} now), and
          stand before everything else
        </span>
      )}
      {broken.at === "missing" && <span>the previous call went on with a message that this one has not</span>}
      {broken.at === "message" && (
        <span>
          this {broken.role} message differs from the previous call's
          {broken.sharedChars > 0 && <> after {formatCount(broken.sharedChars)} characters</>}:{" "}
          <del>{excerpt(broken.before)}</del> became <ins>{excerpt(broken.after)}</ins>
        </span>
      )}
      {cacheReadTokens !== undefined && inputTokens !== undefined && (
        <span className="faint">
          {formatCount(cacheReadTokens)} of {formatCount(inputTokens)} input tokens were read from the cache
        </span>
      )}
    </div>
  );
}

function excerpt(text: string): string {
  return text === "" ? "nothing" : text.replace(/\s+/g, " ");
}
