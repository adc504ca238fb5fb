import { describe, expect, it } from "vitest";
import { composeAnswer } from "./compose-answer.ts";

const style = { cites: true, maxSentences: 2 };
const passages = [
  {
    id: "a",
    title: "Ports",
    text: "The server listens on port 6006.\n\nOwls are birds. To change the port, give a flag:\n\n```sh\nnpm start -- --port 7000\n```",
  },
  { id: "b", title: "Owls", text: "Owls hunt at night." },
];

describe("an answer", () => {
  it("has the sentences that share most with the question, each with its source", () => {
    expect(composeAnswer("When do owls hunt?", passages, style)).toBe("Owls hunt at night. [b]");
  });

  it("keeps what ends in a colon with the code that follows", () => {
    expect(composeAnswer("How do I change the port?", passages, { cites: false, maxSentences: 1 })).toBe(
      "To change the port, give a flag:\n\n```sh\nnpm start -- --port 7000\n```",
    );
  });

  it("stands in the order of the passages, and ends each sentence", () => {
    const listed = [{ id: "c", title: "", text: "- the port is open\n- the port is closed\n- rain" }];
    expect(composeAnswer("Is the port open or closed?", listed, style)).toBe(
      "the port is open. the port is closed. [c]",
    );
  });

  it("does not take a sentence that was cut off, while there is another", () => {
    const cut = [{ id: "d", title: "", text: "Snow owls are white. Snow owls are white and…" }];
    expect(composeAnswer("Are snow owls white?", cut, style)).toBe("Snow owls are white. [d]");
  });

  it("is none when the passages are about something else", () => {
    expect(composeAnswer("What is the capital of France?", passages, style)).toBeUndefined();
    expect(composeAnswer("What?", [], style)).toBeUndefined();
  });
});
