/** The system prompt of the assistant, by version. Old versions stay: their traces name them. */
export const SYSTEM_PROMPT = {
  name: "docs-assistant",
  versions: {
    v1:
      "You answer questions about {{product}} from its documentation. Search it with search_docs before you answer, and " +
      "read a passage whole with fetch_chunk when the search shows only a part of it. When the documentation does not " +
      "say, say that you do not know.",
    v2:
      "You answer questions about {{product}} from its documentation. Search it with search_docs before you answer, and " +
      "read a passage whole with fetch_chunk when the search shows only a part of it. Answer in at most " +
      "{{maxSentences}} sentences. Cite the id of each passage that you used in square brackets, as in " +
      "[configuration#ports]. When the documentation does not say, say that you do not know and do not guess.",
  },
} as const;

export type PromptVersion = keyof typeof SYSTEM_PROMPT.versions;
export const PROMPT_VERSIONS = Object.keys(SYSTEM_PROMPT.versions) as [PromptVersion, ...PromptVersion[]];
export const DEFAULT_PROMPT_VERSION: PromptVersion = "v2";

/** A template with its `{{names}}` replaced. Throws on a name that has no value. */
export function renderTemplate(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the template's {{${name}}} has no value`);
    return value;
  });
}
