// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FilterBar } from "./filter-bar.tsx";

let root: Root;
let applied: string[];

function show(filter = "") {
  const client = new QueryClient();
  act(() =>
    root.render(
      <QueryClientProvider client={client}>
        <FilterBar project="p" filter={filter} onApply={(next) => applied.push(next)} />
      </QueryClientProvider>,
    ),
  );
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("fetch", async () => Response.json({ values: [{ value: "gpt 4o", count: 1200 }] }));
  applied = [];
  const element = document.createElement("div");
  document.body.append(element);
  root = createRoot(element);
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function input(): HTMLInputElement {
  const found = document.querySelector<HTMLInputElement>("input[role=combobox]");
  if (found === null) throw new Error("no filter input");
  return found;
}

function type(text: string) {
  act(() => {
    input().focus();
    // React listens to the prototype's setter, as the browser's own typing goes through it.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input(), text);
    input().setSelectionRange(text.length, text.length);
    input().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function press(key: string) {
  act(() => {
    input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}

const options = () => [...document.querySelectorAll("[role=option]")].map((option) => option.textContent);

describe("FilterBar", () => {
  test("Enter applies what was typed", () => {
    show();
    type("latency:>2s ");
    press("Enter");
    expect(applied).toEqual(["latency:>2s"]);
  });

  test("what cannot be read is not applied, and is said with its place", () => {
    show();
    type("status:error latency:>fast");
    expect(document.querySelector("[role=alert]")).toBeNull();
    press("Enter");
    expect(applied).toEqual([]);
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(
      /^At character 23: latency needs a time/,
    );
    expect(input().getAttribute("aria-invalid")).toBe("true");
  });

  test("a field and then a value are chosen by keys; the value applies", () => {
    show();
    type("sta");
    expect(options()).toEqual(["status:error: some span failed"]);
    press("ArrowDown");
    press("Enter");
    expect(input().value).toBe("status:");
    expect(applied).toEqual([]);
    expect(options()).toEqual(["error", "ok"]);
    press("ArrowDown");
    press("Enter");
    expect(applied).toEqual(["status:error"]);
  });

  test("values come from the data, quoted where they must be", async () => {
    show();
    type("model:g");
    await act(() => vi.waitFor(() => expect(options()).toEqual(["gpt 4o1,200"])));
    press("Tab");
    expect(applied).toEqual(['model:"gpt 4o"']);
  });

  test("another filter in the address replaces what stands there", () => {
    show("status:error");
    type("status:ok");
    show("user:ada");
    expect(input().value).toBe("user:ada");
  });

  test("Escape closes the list before anything else", () => {
    show();
    type("st");
    press("Escape");
    expect(options()).toEqual([]);
    expect(input().value).toBe("st");
  });
});
