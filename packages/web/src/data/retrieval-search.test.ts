import { expect, it } from "vitest";
import { validateRetrievalSearch } from "./retrieval-search.ts";

it("reads the Retrieval page's address, and drops what makes no sense", () => {
  const search = {
    range: "7d",
    filter: "user:ann",
    retriever: "vectors",
    queries: "empty",
    documents: "hits",
    document: "00ff00ff00ff00ff",
  };
  expect(validateRetrievalSearch(search)).toEqual(search);
  expect(
    validateRetrievalSearch({
      range: "soon",
      retriever: "",
      queries: "worst",
      documents: "x",
      document: "DOC",
    }),
  ).toEqual({});
});
