import type { Budget, listBudgets } from "@nightowl/model/api/costs";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { z } from "zod";
import { Button, IconButton } from "../../components/button.tsx";
import { Dialog } from "../../components/floating.tsx";
import { Skeleton } from "../../components/marks.tsx";
import { ErrorPanel } from "../../components/panel.tsx";
import { showToast } from "../../components/toast.tsx";
import { useBudgets, useDeleteBudget, useSetBudget } from "../../data/use-costs.ts";
import { useNow } from "../../data/use-now.ts";
import { formatUsd } from "../../view/format-cost.ts";
import { formatPlural, formatShare } from "../../view/format-number.ts";
import css from "./cost.module.css";

type BudgetState = z.output<typeof listBudgets.response>["data"][number];

/** What may be spent, and how far it is; kept on the server. */
export function Budgets({ project }: { project: string }) {
  const budgets = useBudgets(project);
  const [edited, setEdited] = useState<Partial<BudgetState>>();
  return (
    <section className={css["section"]} aria-label="Budgets">
      <h2>
        Budgets
        <Button size="small" onClick={() => setEdited({})}>
          Set a budget
        </Button>
      </h2>
      {budgets.isError && budgets.data === undefined ? (
        <ErrorPanel
          small
          title="The budgets could not be read"
          error={budgets.error}
          onRetry={() => void budgets.refetch()}
        />
      ) : budgets.data === undefined ? (
        <Skeleton width="70%" height={40} />
      ) : budgets.data.data.length === 0 ? (
        <p className="faint">
          None yet. A budget marks how much of a day, a week or a month is spent; nothing is stopped by it.
        </p>
      ) : (
        <ul className={css["budgets"]}>
          {budgets.data.data.map((state) => (
            <BudgetLine key={state.id} project={project} state={state} onEdit={() => setEdited(state)} />
          ))}
        </ul>
      )}
      {edited !== undefined && (
        <BudgetForm project={project} state={edited} onClose={() => setEdited(undefined)} />
      )}
    </section>
  );
}

function BudgetLine({ project, state, onEdit }: { project: string; state: BudgetState; onEdit: () => void }) {
  const remove = useDeleteBudget(project);
  const nowMs = useNow();
  const { budget, spentUsd, unpricedCount, problem } = state;
  const share = spentUsd / budget.limitUsd;
  const [fromMs, toMs] = [Date.parse(state.periodFrom), Date.parse(state.periodTo)];
  const passed = Math.min(1, Math.max(0, (nowMs - fromMs) / (toMs - fromMs)));
  const tone = share >= 1 ? "over" : share > passed + 0.1 ? "fast" : "fine";
  // The scale goes past the limit when the spending does.
  const scale = Math.max(1, share);
  return (
    <li data-tone={tone}>
      <div className={css["budgetHead"]}>
        <b>{budget.name}</b>
        <span className="faint">
          {formatUsd(budget.limitUsd)} a {budget.period}
          {budget.filter !== "" && (
            <>
              {" of "}
              <code>{budget.filter}</code>
            </>
          )}
        </span>
        <span className={css["budgetSpent"]}>
          {formatUsd(spentUsd)} · {formatShare(share)}
          {unpricedCount > 0 && (
            <span className="faint"> + {formatPlural(unpricedCount, "unpriced call")}</span>
          )}
        </span>
        <IconButton label={`Change the budget ${budget.name}`} size="small" onClick={onEdit}>
          <Pencil size={13} aria-hidden="true" />
        </IconButton>
        <IconButton
          label={`Delete the budget ${budget.name}`}
          size="small"
          disabled={remove.isPending}
          onClick={() => remove.mutate(state.id, { onError: (error) => showToast(error.message) })}
        >
          <Trash2 size={13} aria-hidden="true" />
        </IconButton>
      </div>
      <div
        className={css["budgetTrack"]}
        role="meter"
        aria-label={`Spent of ${budget.name}`}
        aria-valuemin={0}
        aria-valuemax={budget.limitUsd}
        aria-valuenow={Math.min(spentUsd, budget.limitUsd)}
        aria-valuetext={`${formatUsd(spentUsd)} of ${formatUsd(budget.limitUsd)}`}
      >
        <i style={{ width: `${(share / scale) * 100}%` }} />
        <em
          style={{ left: `${(passed / scale) * 100}%` }}
          title={`${formatShare(passed)} of the ${budget.period} has passed`}
        />
        {scale > 1 && <em data-limit="" style={{ left: `${100 / scale}%` }} title="The limit" />}
      </div>
      <small>
        {problem !== null
          ? problem
          : tone === "over"
            ? "Spent."
            : tone === "fast"
              ? `Ahead of the ${budget.period}: ${formatShare(passed)} of it has passed.`
              : `${formatShare(passed)} of the ${budget.period} has passed.`}
      </small>
    </li>
  );
}

function BudgetForm({
  project,
  state,
  onClose,
}: {
  project: string;
  state: Partial<BudgetState>;
  onClose: () => void;
}) {
  const save = useSetBudget(project);
  const before = state.budget;
  const submit = (data: FormData) => {
    const budget: Budget = {
      name: String(data.get("name")).trim(),
      limitUsd: Number(data.get("limitUsd")),
      period: String(data.get("period")) as Budget["period"],
      filter: String(data.get("filter")).trim(),
    };
    save.mutate({ budget, ...(state.id === undefined ? {} : { id: state.id }) }, { onSuccess: onClose });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={before ? "Change the budget" : "Set a budget"}
    >
      <form
        className={css["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        <label>
          Name
          <input
            name="name"
            required
            maxLength={100}
            defaultValue={before?.name ?? "All model calls"}
            autoFocus
          />
        </label>
        <div className={css["formRow"]}>
          <label>
            US dollars
            <input
              name="limitUsd"
              type="number"
              required
              min="0.01"
              step="any"
              defaultValue={before?.limitUsd ?? ""}
            />
          </label>
          <label>
            in each
            <select name="period" defaultValue={before?.period ?? "month"}>
              <option value="day">day</option>
              <option value="week">week</option>
              <option value="month">month</option>
            </select>
          </label>
        </div>
        <label>
          Filter
          <input
            name="filter"
            spellCheck={false}
            placeholder="all traces; or user:ann, @tenant:acme"
            defaultValue={before?.filter ?? ""}
          />
        </label>
        <p className="faint">Days, weeks and months are those of UTC.</p>
        {save.isError && (
          <p role="alert" className="error-text">
            {save.error.message}
          </p>
        )}
        <div className={css["formEnd"]}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={save.isPending}>
            {save.isPending ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
