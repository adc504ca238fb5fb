import { context } from "@opentelemetry/api";
import { getAttributes, setAttributes, setPromptTemplate } from "@arizeai/openinference-core";
import { SemanticConventions as Names } from "@arizeai/openinference-semantic-conventions";
import { attempt } from "../spans/attempt.ts";
import { toPlain } from "../spans/to-json.ts";

/** The template that a prompt was made from. */
export interface PromptContext {
  /** With its places for variables, as it is written: `Answer {{question}} from {{passages}}.` */
  template: string;
  version?: string;
  /** What was put into the places. */
  variables?: Record<string, unknown>;
  /** The template's name, the same through all of its versions. */
  name?: string;
}

/**
 * Runs a callback in which every span carries the prompt template, its version and its variables, so that prompts
 * can be compared by version. Put it around the model call that the prompt is for.
 */
export function withPrompt<T>({ template, version, variables, name }: PromptContext, fn: () => T): T {
  let next = context.active();
  attempt(() => {
    next = setPromptTemplate(next, {
      template,
      ...(version === undefined ? {} : { version }),
      ...(variables === undefined ? {} : { variables: toPlain(variables) }),
    });
    if (name !== undefined) next = setAttributes(next, { ...getAttributes(next), [Names.PROMPT_ID]: name });
  });
  return context.with(next, fn);
}
