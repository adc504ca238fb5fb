import { describe, expect, it } from "vitest";
import { exceptionOf, stackLines, withoutBlankLines } from "./exception.ts";

const parts = (stacktrace: string) => stackLines(stacktrace).map((line) => line.part);

describe("stackLines", () => {
  it("tells own frames from libraries in Python, with their source lines", () => {
    expect(
      parts(
        [
          "Traceback (most recent call last):",
          '  File "/app/agent.py", line 42, in run',
          "    return tool(args)",
          "           ^^^^^^^^^^",
          '  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 9, in send',
          "    raise exc",
          "TimeoutError: upstream took 2 s",
        ].join("\n"),
      ),
    ).toEqual(["head", "own", "own", "own", "library", "library", "head"]);
  });
  it("and in JavaScript, Java and Go", () => {
    expect(
      parts(
        [
          "TypeError: x is not a function",
          "    at run (/app/src/agent.ts:4:9)",
          "    at call (/app/node_modules/openai/core.js:1:2)",
          "    at processTicksAndRejections (node:internal/process/task_queues:95:5)",
          "    at com.example.Agent.run(Agent.java:12)",
          "    at java.base/java.lang.Thread.run(Thread.java:840)",
          "/app/main.go:12 +0x1d",
          "/root/go/pkg/mod/github.com/x/y@v1.2.3/z.go:7 +0x2",
        ].join("\n"),
      ),
    ).toEqual(["head", "own", "library", "library", "own", "library", "own", "library"]);
  });
  it("keeps every line of any text", () => {
    const text = "\n\nnot a trace\n  at all";
    expect(
      stackLines(text)
        .map((line) => line.text)
        .join("\n"),
    ).toBe(text);
  });
});

describe("exceptionOf", () => {
  it("takes the stack out of a message that carries it", () => {
    const message = "429 Rate limit\n\nSee the docs\n\n    at OpenAI.makeRequest (/app/client.js:1017:30)";
    expect(exceptionOf({ "exception.message": message })).toEqual({
      message: "429 Rate limit\n\nSee the docs",
      stacktrace: message,
    });
  });
  it("reads the reason below a Python traceback", () => {
    const message =
      'Traceback (most recent call last):\n  File "/app/a.py", line 4, in run\n    go()\nValueError: no';
    expect(exceptionOf({ "exception.message": message })).toMatchObject({ message: "ValueError: no" });
  });
  it("leaves a message of several lines that is none", () => {
    const message = "Bad request\nat least one message is needed";
    expect(exceptionOf({ "exception.message": message })).toEqual({ message });
  });
});

it("withoutBlankLines keeps every line that says something", () => {
  expect(withoutBlankLines("a\n\n b\n \n\nc\n\n")).toBe("a\n b\nc");
});
