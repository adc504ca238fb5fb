import { Dialog } from "../components/floating.tsx";
import { Kbd } from "../components/marks.tsx";
import { openFrameWindow } from "./frame-state.ts";
import { useShortcutGroups, type ShortcutGroup } from "./shortcut-help.ts";
import css from "./shortcut-sheet.module.css";

const EVERYWHERE: ShortcutGroup = {
  title: "Everywhere",
  lines: [
    { keys: ["mod+K"], does: "Search, or paste a trace id" },
    { keys: ["?"], does: "This sheet" },
    { keys: ["Esc"], does: "Close what is open" },
  ],
};

/** Every key that does something here. */
export default function ShortcutSheet() {
  const groups = useShortcutGroups();
  return (
    <Dialog open onOpenChange={(open) => !open && openFrameWindow(null)} title="Keyboard">
      {[...groups, EVERYWHERE].map((group) => (
        <section key={group.title} className={css["group"]}>
          <h3>{group.title}</h3>
          <dl>
            {group.lines.map((line) => (
              <div key={line.does} className={css["line"]}>
                <dt>
                  {line.keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dt>
                <dd>{line.does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
