import { Button } from "../../../components/button.tsx";
import { Skeleton } from "../../../components/marks.tsx";
import { ErrorPanel } from "../../../components/panel.tsx";
import { useCostQuery } from "../../../data/use-costs.ts";
import { unpricedWord } from "../../../view/cost-source.ts";
import { formatCompact, formatCount } from "../../../view/format-number.ts";
import type { CostViewProps } from "../cost-overview.tsx";
import css from "../cost.module.css";

/** Models whose calls have no cost, with a button to give them a price. */
export function UnpricedModels({
  project,
  search,
  window,
  onPrice,
}: Omit<CostViewProps, "onSearch"> & { onPrice: (model: string, provider: string) => void }) {
  const answer = useCostQuery(
    project,
    {
      measures: ["unpriced", "input_tokens", "output_tokens"],
      by: ["provider", "model", "unpriced_reason"],
      sort: "unpriced",
      limit: 200,
      totals: false,
      filter: search.filter ?? "",
      ...window,
    },
    window !== undefined,
  );
  const rows = answer.data?.rows.filter(({ key }) => key["unpriced_reason"] !== "") ?? [];
  return (
    <section className={css["section"]} aria-label="Models without a price">
      <h2>Models without a price</h2>
      {answer.isError && answer.data === undefined ? (
        <ErrorPanel
          small
          title="They could not be listed"
          error={answer.error}
          onRetry={() => void answer.refetch()}
        />
      ) : answer.data === undefined ? (
        <Skeleton width="70%" height={60} />
      ) : rows.length === 0 ? (
        <p className="faint">Every model call of this range has a cost.</p>
      ) : (
        <div className={css["tableWrap"]}>
          <table className={css["table"]}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Provider</th>
                <th scope="col">Calls</th>
                <th scope="col">Input</th>
                <th scope="col">Output</th>
                <th scope="col">Why</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, values }) => {
                const [model, provider] = [key["model"] ?? "", key["provider"] ?? ""];
                return (
                  <tr key={`${provider} ${model} ${key["unpriced_reason"]}`}>
                    <th scope="row">
                      {model === "" ? (
                        <span className="faint">no model</span>
                      ) : (
                        <span className="mono">{model}</span>
                      )}
                    </th>
                    <td>{provider}</td>
                    <td>{formatCount(values["unpriced"]?.value ?? 0)}</td>
                    <td>{formatCompact(values["input_tokens"]?.value ?? 0)}</td>
                    <td>{formatCompact(values["output_tokens"]?.value ?? 0)}</td>
                    <td>{unpricedWord(key["unpriced_reason"] ?? null)}</td>
                    <td>
                      {model !== "" && (
                        <Button size="small" onClick={() => onPrice(model, provider)}>
                          Set a price
                        </Button>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
