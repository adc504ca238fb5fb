/** Something that people ask about, and what there is to say to it. */
export interface Topic {
  id: string;
  /** As it is asked first, with nothing said before. */
  questions: readonly string[];
  /** As it is asked after another topic (the key), leaning on what was said there. */
  after?: Readonly<Record<string, string>>;
  /** What the model searches for. */
  query: string;
  /** Ids of the passages that answer it, the best first; none where the documentation is silent. */
  passages: readonly string[];
  /** Sentences of an answer, each of them in those passages, the most important first. */
  facts: readonly string[];
  /** Lines for a code block. */
  code?: string;
  /** Claims that no passage supports. */
  wrong: readonly string[];
  /** The answer needs to know what day it is: `{yesterday}` and `{today}` in the facts and the code. */
  needsNow?: boolean;
  /** Language of questions and facts, as BCP 47; English unless told. */
  language?: string;
}
