import { useState } from "react";
import { Button } from "../../../components/button.tsx";
import { Dialog } from "../../../components/floating.tsx";
import { Skeleton } from "../../../components/marks.tsx";
import { showToast } from "../../../components/toast.tsx";
import { usePriceMatch, usePrices, useSetPrice } from "../../../data/use-costs.ts";
import { escapePattern, formatRate, RATE_FIELDS, readPriceForm } from "../../../view/price-form.ts";
import css from "../cost.module.css";

/**
 * Sets or changes a price.
 *
 * @param asked `id:…` for one that is there, `new`, or the name of a model.
 */
export function PriceForm({
  asked,
  provider,
  onClose,
}: {
  asked: string;
  provider: string;
  onClose: () => void;
}) {
  const prices = usePrices();
  const save = useSetPrice();
  const [problem, setProblem] = useState<string>();
  const id = asked.startsWith("id:") ? asked.slice(3) : undefined;
  const model = id === undefined && asked !== "new" ? asked : "";
  const match = usePriceMatch(model, provider);
  const entry = prices.data?.data.find((each) => each.id === id);
  const waits = (id !== undefined && prices.isPending) || (model !== "" && match.isPending);
  const rates = entry?.rule.usdPerMillionTokens ?? match.data?.price?.usdPerMillionTokens ?? {};
  const submit = (data: FormData) => {
    const read = readPriceForm((name) => String(data.get(name) ?? ""));
    if ("problem" in read) {
      setProblem(read.problem);
      return;
    }
    setProblem(undefined);
    save.mutate(
      { rule: read.rule, ...(id === undefined ? {} : { id }) },
      {
        onSuccess: () => {
          showToast("Saved. Reprice to change the past");
          onClose();
        },
        onError: (error) => setProblem(error.message),
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={id === undefined ? "Set a price" : "Change the price"}
    >
      {waits ? (
        <Skeleton width="100%" height={240} />
      ) : id !== undefined && entry === undefined ? (
        <p>This price is no longer there.</p>
      ) : (
        <form
          className={css["form"]}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit(new FormData(event.currentTarget));
          }}
        >
          <div className={css["formRow"]}>
            <label>
              Model
              <input
                name="model"
                className="mono"
                spellCheck={false}
                autoFocus
                placeholder="gpt-4o(-.*)?"
                defaultValue={entry?.rule.model ?? escapePattern(model)}
              />
            </label>
            <label>
              Provider
              <input
                name="provider"
                className="mono"
                spellCheck={false}
                placeholder="any"
                defaultValue={entry?.rule.provider ?? escapePattern(provider)}
              />
            </label>
          </div>
          <p className="faint">Regular expressions that must match the whole name, in either case.</p>
          <fieldset>
            <legend>US dollars per million tokens</legend>
            <div className={css["rates"]}>
              {RATE_FIELDS.map(({ name, label, otherwise }) => (
                <label key={name}>
                  {label}
                  <input
                    name={name}
                    inputMode="decimal"
                    placeholder={otherwise}
                    defaultValue={formatRate(rates[name])}
                  />
                </label>
              ))}
            </div>
            <p className="faint">
              A price that rises with the prompt: <code>1.25, 2.5 &gt; 200000</code>
            </p>
          </fieldset>
          <div className={css["formRow"]}>
            <label>
              For each call
              <input
                name="usdPerCall"
                inputMode="decimal"
                placeholder="0"
                defaultValue={entry?.rule.usdPerCall || ""}
              />
            </label>
            <label>
              Valid from
              <input
                name="validFrom"
                placeholder="always, or 2026-11-01"
                defaultValue={entry?.rule.validFrom ?? ""}
              />
            </label>
            <label>
              Name
              <input
                name="name"
                maxLength={100}
                placeholder="the model"
                defaultValue={entry?.rule.name ?? ""}
              />
            </label>
          </div>
          {problem !== undefined && (
            <p role="alert" className="error-text">
              {problem}
            </p>
          )}
          <div className={css["formEnd"]}>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={save.isPending}>
              {save.isPending ? "Saving…" : "Save"}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
