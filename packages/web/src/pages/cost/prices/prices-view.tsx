import type { CostViewProps } from "../cost-overview.tsx";
import { PriceForm } from "./price-form.tsx";
import { PriceTable } from "./price-table.tsx";
import { RepricePanel } from "./reprice-panel.tsx";
import { UnpricedModels } from "./unpriced-models.tsx";

/** Which prices there are, what has none, and how to price the past again. */
export function PricesView({ project, search, window, onSearch }: CostViewProps) {
  const { price: _price, provider: _provider, ...closed } = search;
  const edit = (price: string, provider = "") =>
    onSearch({ ...closed, price, ...(provider === "" ? {} : { provider }) });
  return (
    <>
      <UnpricedModels project={project} search={search} window={window} onPrice={edit} />
      <RepricePanel project={project} />
      <PriceTable onEdit={(id) => edit(`id:${id}`)} onNew={() => edit("new")} />
      {search.price !== undefined && (
        <PriceForm
          key={`${search.price} ${search.provider}`}
          asked={search.price}
          provider={search.provider ?? ""}
          onClose={() => onSearch(closed, true)}
        />
      )}
    </>
  );
}
