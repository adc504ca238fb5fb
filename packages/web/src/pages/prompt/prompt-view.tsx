import { diffPrompts, hasChanges, type PromptSide } from "@nightowl/model/prompt/diff-prompts";
import { useMemo } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { Chip, KindDot, Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { isWeek, weekWindow, type PromptSearch } from "../../data/prompt-search.ts";
import { usePromptComparison, usePromptSample, type PromptDetail } from "../../data/use-prompts.ts";
import { useShortcutHelp } from "../../frame/shortcut-help.ts";
import { formatPlural } from "../../view/format-number.ts";
import { versionName } from "../../view/prompt-version.ts";
import { PromptDiff } from "./prompt-diff.tsx";
import { PromptMetrics } from "./prompt-metrics.tsx";
import { PromptVariables } from "./prompt-variables.tsx";
import { SideMenu, ViewToggles } from "./side-menu.tsx";
import { comparisonOf, sidesOf, type Sides } from "./sides.ts";
import { VersionList } from "./version-list.tsx";
import { VersionTimeline } from "./version-timeline.tsx";
import css from "./prompt-page.module.css";

const HELP = {
  title: "Prompt",
  lines: [
    { keys: ["[", "]"], does: "the version before and after, each against its own predecessor" },
    { keys: ["x"], does: "exchange the two sides" },
    { keys: ["s"], does: "inline or side by side" },
    { keys: ["w"], does: "last week against this week" },
  ],
} as const;

/** A template that has been read: its versions over time, two of them compared, and what the difference did. */
export function PromptView({
  project,
  prompt,
  search,
  anchorMs,
  onChange,
}: {
  project: string;
  prompt: PromptDetail;
  search: PromptSearch;
  anchorMs: number;
  onChange: (next: Partial<PromptSearch>) => void;
}) {
  const sides = useMemo(() => sidesOf(search, prompt.versions), [search, prompt.versions]);
  const numbered = prompt.versions.filter(({ number }) => number > 0);
  const calls = prompt.versions.reduce((sum, { callCount }) => sum + callCount, 0);
  useShortcutHelp(HELP);
  useKeys(prompt, search, sides, onChange);
  return (
    <div className={css["page"]}>
      <header className={css["head"]}>
        <KindDot kind="PROMPT" />
        <h1 title={prompt.title}>{prompt.title}</h1>
        <Chip>
          {prompt.source === "declared" ? "declared by the application" : "discovered from traffic"}
        </Chip>
        <Chip>{formatPlural(numbered.length, "version")}</Chip>
        <Chip title="In the range above">{formatPlural(calls, "call")}</Chip>
        <span className={css["models"]}>
          {prompt.models.slice(0, 3).map((model) => (
            <Chip key={model} mono>
              {model}
            </Chip>
          ))}
        </span>
        {prompt.mergedFrom !== null && (
          <Chip title={`The address names ${prompt.mergedFrom}, which turned out to be this template`}>
            was {prompt.mergedFrom.slice(0, 7)}
          </Chip>
        )}
        <span className={css["space"]} />
        {sides !== undefined && (
          <>
            <div className={css["against"]}>
              <SideMenu
                label="Before"
                side={sides.a}
                versions={prompt.versions}
                onPick={(a) =>
                  onChange(
                    isWeek(a) === isWeek(sides.b) ? { a } : { a, b: isWeek(a) ? "this-week" : undefined },
                  )
                }
              />
              <span className="faint">against</span>
              <SideMenu
                label="After"
                side={sides.b}
                versions={prompt.versions}
                onPick={(b) =>
                  onChange(
                    isWeek(b) === isWeek(sides.a) ? { b } : { b, a: isWeek(b) ? "last-week" : undefined },
                  )
                }
              />
            </div>
            <ViewToggles search={search} onChange={onChange} />
          </>
        )}
      </header>
      <VersionTimeline
        prompt={prompt}
        a={sides?.a}
        b={sides?.b}
        anchorMs={anchorMs}
        onPick={(versionId) => onChange({ a: undefined, b: versionId })}
      />
      {sides !== undefined && (
        <Comparison
          key={prompt.templateId}
          project={project}
          prompt={prompt}
          search={search}
          sides={sides}
          anchorMs={anchorMs}
          onChange={onChange}
        />
      )}
    </div>
  );
}

function Comparison({
  project,
  prompt,
  search,
  sides,
  anchorMs,
  onChange,
}: {
  project: string;
  prompt: PromptDetail;
  search: PromptSearch;
  sides: Sides;
  anchorMs: number;
  onChange: (next: Partial<PromptSearch>) => void;
}) {
  const { templateId } = prompt;
  const comparison = usePromptComparison(project, templateId, comparisonOf(sides, anchorMs));
  const versionOf = (side: string, answered: string | null | undefined) =>
    isWeek(side) ? (answered ?? undefined) : side;
  const aId = versionOf(sides.a, comparison.data?.a.versionId);
  const bId = versionOf(sides.b, comparison.data?.b.versionId);
  const a = usePromptSample(project, templateId, aId, isWeek(sides.a) ? weekWindow(sides.a, anchorMs) : {});
  const b = usePromptSample(project, templateId, bId, isWeek(sides.b) ? weekWindow(sides.b, anchorMs) : {});
  const sections = useMemo(() => {
    const sideOf = (versionId: string | undefined, sample: typeof a.data): PromptSide => ({
      messages: prompt.versions.find((version) => version.versionId === versionId)?.messages ?? [],
      tools: sample?.tools ?? [],
      parameters: sample?.parameters ?? {},
      models: sample?.models ?? [],
    });
    // A side without calls has no text of its own: what the other one has is no change.
    const left = aId === undefined ? b.data : a.data;
    const right = bId === undefined ? a.data : b.data;
    // Until both are there, tools that one of them has would look new.
    const both = left !== undefined && right !== undefined;
    return diffPrompts(
      sideOf(aId ?? bId, both ? left : undefined),
      sideOf(bId ?? aId, both ? right : undefined),
    );
  }, [prompt.versions, aId, bId, a.data, b.data]);
  const names = [nameOf(sides.a, prompt), nameOf(sides.b, prompt)] as const;
  const same = sides.a === sides.b;
  const weekless = (isWeek(sides.a) || isWeek(sides.b)) && comparison.isPending;
  return (
    <>
      <div className={css["main"]}>
        {weekless ? (
          <div className={css["loading"]} role="status" aria-label="Loading the comparison">
            <Skeleton width="60%" />
            <Skeleton width="45%" />
          </div>
        ) : (
          <>
            {!same && aId !== undefined && bId !== undefined && !hasChanges(sections) && (
              <p className={css["notice"]} role="status">
                {aId === bId
                  ? "Both sides used the same version: what differs beside is not the prompt's doing."
                  : "Nothing in the text, the tools, the parameters or the models differs."}
              </p>
            )}
            {same && prompt.versions.length === 1 && (
              <p className={css["notice"]}>
                One version so far. A changed wording shows here as the next one.
              </p>
            )}
            {(aId === undefined || bId === undefined) && comparison.data !== undefined && (
              <p className={css["notice"]} role="status">
                There were no calls {aId === undefined ? names[0].toLowerCase() : names[1].toLowerCase()}.
              </p>
            )}
            <PromptDiff
              sections={sections}
              sideBySideView={search.view === "side"}
              markWords={search.marks !== "lines"}
              names={names}
              samples={[a.data, b.data]}
            />
          </>
        )}
        <VersionList
          prompt={prompt}
          sides={sides}
          onPick={(versionId) => onChange({ a: undefined, b: versionId })}
        />
      </div>
      <aside className={css["side"]} aria-label="What the difference did">
        {comparison.isError ? (
          <ErrorPanel
            title="The comparison could not be read"
            error={comparison.error}
            onRetry={() => void comparison.refetch()}
            small
          />
        ) : (
          <PromptMetrics comparison={comparison.data} names={names} same={same} />
        )}
        <PromptVariables
          project={project}
          sample={b.data ?? a.data}
          waiting={b.isPending && bId !== undefined}
        />
      </aside>
    </>
  );
}

function nameOf(side: string, prompt: PromptDetail): string {
  if (side === "last-week") return "Last week";
  if (side === "this-week") return "This week";
  const version = prompt.versions.find(({ versionId }) => versionId === side);
  return version ? versionName(version) : side;
}

function useKeys(
  prompt: PromptDetail,
  search: PromptSearch,
  sides: Sides | undefined,
  onChange: (next: Partial<PromptSearch>) => void,
): void {
  const numbered = prompt.versions.filter(({ number }) => number > 0);
  const step = (by: number) => {
    const at = numbered.findIndex(({ versionId }) => versionId === sides?.b);
    const next = numbered[at < 0 ? numbered.length - 1 : at + by];
    if (next) onChange({ a: undefined, b: next.versionId });
  };
  const options = { useKey: true } as const;
  useHotkeys("[", () => step(-1), options);
  useHotkeys("]", () => step(1), options);
  useHotkeys("x", () => sides && onChange({ a: sides.b, b: sides.a }));
  useHotkeys("s", () => onChange({ view: search.view === "side" ? undefined : "side" }));
  useHotkeys("w", () => onChange({ a: "last-week", b: "this-week" }));
}
