import { TimeText } from "../../components/time-text.tsx";
import type { PromptDetail } from "../../data/use-prompts.ts";
import { formatCostTotal } from "../../view/format-cost.ts";
import { formatDuration } from "../../view/format-duration.ts";
import { formatCompact, formatCount, formatPlural } from "../../view/format-number.ts";
import { versionName } from "../../view/prompt-version.ts";
import type { Sides } from "./sides.ts";
import css from "./prompt-page.module.css";

/** The versions with what their calls of the range amount to; one is chosen to be compared with the one before it. */
export function VersionList({
  prompt,
  sides,
  onPick,
}: {
  prompt: PromptDetail;
  sides: Sides;
  onPick: (versionId: string) => void;
}) {
  const versions = prompt.versions.filter(({ number }) => number > 0).toReversed();
  const rare = prompt.versions.filter(({ number }) => number === 0);
  const rareCalls = rare.reduce((sum, { callCount }) => sum + callCount, 0);
  return (
    <section className={css["versions"]} aria-label="Versions">
      <h2>Versions</h2>
      <div className={css["scroll"]} tabIndex={0} role="region" aria-label="Table of versions">
        <table>
          <thead>
            <tr>
              {["Version", "First seen", "Last seen", "Calls", "Errors", "p95", "Tokens in", "Cost"].map(
                (label) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => {
              const cost = formatCostTotal(version.costUsd, version.unpricedCount);
              const side =
                version.versionId === sides.b ? "b" : version.versionId === sides.a ? "a" : undefined;
              return (
                <tr key={version.versionId} data-side={side}>
                  <th scope="row">
                    <button
                      type="button"
                      className="link"
                      onClick={() => onPick(version.versionId)}
                      title="Compare with the version before"
                    >
                      {versionName(version)}
                    </button>
                  </th>
                  <td>
                    <TimeText ns={version.firstSeenNs} />
                  </td>
                  <td>
                    <TimeText ns={version.lastSeenNs} />
                  </td>
                  <td>{formatCount(version.callCount)}</td>
                  <td data-tone={version.errorCount > 0 ? "error" : undefined}>
                    {version.errorCount || "–"}
                  </td>
                  <td>{formatDuration(version.durationP95Ms)}</td>
                  <td>{formatCompact(version.inputTokens / Math.max(1, version.callCount))}</td>
                  <td>{cost.text || "–"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rare.length > 0 && (
        <p className={css["quiet"]}>
          and {formatPlural(rare.length, "rare wording")} with {formatPlural(rareCalls, "call")}, too few to
          be a version yet
        </p>
      )}
    </section>
  );
}
