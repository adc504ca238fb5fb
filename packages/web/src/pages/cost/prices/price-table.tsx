import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../../components/button.tsx";
import { Chip, Skeleton } from "../../../components/marks.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { showToast } from "../../../components/toast.tsx";
import { useDeletePrice, usePriceMatch, usePrices } from "../../../data/use-costs.ts";
import { SOURCE_LABELS } from "../../../view/cost-source.ts";
import { rateText } from "../../../view/rate-text.ts";
import css from "../cost.module.css";

/** Prices that are not published ones, and a look into the published list. */
export function PriceTable({ onEdit, onNew }: { onEdit: (id: string) => void; onNew: () => void }) {
  const prices = usePrices();
  const remove = useDeletePrice();
  return (
    <section className={css["section"]} aria-label="Prices">
      <h2>
        Prices
        <Button size="small" onClick={onNew}>
          Set a price
        </Button>
      </h2>
      {prices.isError && prices.data === undefined ? (
        <ErrorPanel
          small
          title="The prices could not be read"
          error={prices.error}
          onRetry={() => void prices.refetch()}
        />
      ) : prices.data === undefined ? (
        <Skeleton width="70%" height={60} />
      ) : (
        <>
          <p className="faint">
            The first price that matches counts: those set by hand, then the configuration file's,
            corrections, and the published list {prices.data.published.name} {prices.data.published.version}.
            A cost that the application reports stands above all.
          </p>
          <div className={css["tableWrap"]}>
            <table className={css["table"]}>
              <thead>
                <tr>
                  <th scope="col">Model</th>
                  <th scope="col">Provider</th>
                  <th scope="col">Valid from</th>
                  <th scope="col">Input</th>
                  <th scope="col">Cache read</th>
                  <th scope="col">Cache write</th>
                  <th scope="col">Output</th>
                  <th scope="col">Source</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {prices.data.data.map((entry, index) => (
                  <tr key={entry.id || `${entry.source} ${index}`}>
                    <th scope="row">
                      <span className="mono" title={entry.rule.name || undefined}>
                        {entry.rule.model}
                      </span>
                    </th>
                    <td className="mono">{entry.rule.provider || <span className="faint">any</span>}</td>
                    <td>{entry.rule.validFrom || <span className="faint">always</span>}</td>
                    <td>{rateText(entry.rule.usdPerMillionTokens.input)}</td>
                    <td>{rateText(entry.rule.usdPerMillionTokens.cacheRead)}</td>
                    <td>{rateText(entry.rule.usdPerMillionTokens.cacheWrite)}</td>
                    <td>{rateText(entry.rule.usdPerMillionTokens.output)}</td>
                    <td>{SOURCE_LABELS[entry.source]}</td>
                    <td>
                      {entry.id !== "" && (
                        <span className={css["rowActions"]}>
                          <IconButton
                            label={`Change the price of ${entry.rule.model}`}
                            size="small"
                            onClick={() => onEdit(entry.id)}
                          >
                            <Pencil size={13} aria-hidden="true" />
                          </IconButton>
                          <IconButton
                            label={`Delete the price of ${entry.rule.model}`}
                            size="small"
                            disabled={remove.isPending}
                            onClick={() =>
                              remove.mutate(entry.id, {
                                onSuccess: () => showToast("Deleted. Reprice to change the past"),
                                onError: (error) => showToast(error.message),
                              })
                            }
                          >
                            <Trash2 size={13} aria-hidden="true" />
                          </IconButton>
                        </span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <PriceLookup />
        </>
      )}
    </section>
  );
}

function PriceLookup() {
  const [asked, setAsked] = useState({ model: "", provider: "" });
  const match = usePriceMatch(asked.model, asked.provider);
  return (
    <form
      className={css["lookup"]}
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        setAsked({ model: String(data.get("model")).trim(), provider: String(data.get("provider")).trim() });
      }}
    >
      <label>
        Which price has
        <input name="model" placeholder="claude-sonnet-4-5" spellCheck={false} />
      </label>
      <label>
        of
        <input name="provider" placeholder="any provider" spellCheck={false} />
      </label>
      <Button type="submit" size="small">
        Look up
      </Button>
      <span role="status">
        {match.isFetching
          ? "…"
          : match.data === undefined
            ? ""
            : match.data.price === null
              ? "No price is known."
              : [
                  match.data.price.name,
                  SOURCE_LABELS[match.data.price.source],
                  `in ${rateText(match.data.price.usdPerMillionTokens.input)}`,
                  `cached ${rateText(match.data.price.usdPerMillionTokens.cacheRead)}`,
                  `out ${rateText(match.data.price.usdPerMillionTokens.output)}`,
                ].map((text) => <Chip key={text}>{text}</Chip>)}
      </span>
    </form>
  );
}
