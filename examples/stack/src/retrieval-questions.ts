/** A question, and the sections of the documentation that answer it: ids without the part (`~2`). */
export interface LabelledQuestion {
  question: string;
  answeredBy: readonly string[];
}

/** Written by hand from the documentation; half of them avoid the words that the answer uses. */
export const RETRIEVAL_QUESTIONS: readonly LabelledQuestion[] = [
  { question: "How do I change the port?", answeredBy: ["configuration#configuration", "readme#start"] },
  {
    question: "How long are spans kept before they are deleted?",
    answeredBy: ["configuration#configuration"],
  },
  {
    question: "What happens when port 4317 is already taken by a collector?",
    answeredBy: ["configuration#ports"],
  },
  { question: "Which ports does Nightowl listen on?", answeredBy: ["configuration#ports"] },
  {
    question: "Can other machines on my network read the traces?",
    answeredBy: ["configuration#who-can-reach-it", "configuration#configuration"],
  },
  {
    question: "Is there a login or a password?",
    answeredBy: ["configuration#who-can-reach-it", "readme#more", "configuration#configuration"],
  },
  { question: "How do I make a backup?", answeredBy: ["configuration#the-data-folder"] },
  {
    question: "Where is the database on disk?",
    answeredBy: ["configuration#the-data-folder", "configuration#configuration", "readme#start"],
  },
  {
    question: "Can I start two servers on one data folder?",
    answeredBy: ["configuration#the-data-folder", "configuration#configuration"],
  },
  {
    question: "How do I put traces into a project?",
    answeredBy: ["configuration#which-project-a-span-belongs-to", "readme#send-a-trace"],
  },
  {
    question: "What does the header x-project-name do?",
    answeredBy: ["configuration#which-project-a-span-belongs-to", "readme#send-a-trace", "api#post-v1traces"],
  },
  { question: "How do I write a configuration file?", answeredBy: ["configuration#the-file"] },
  { question: "Does a flag win over an environment variable?", answeredBy: ["configuration#configuration"] },
  {
    question: "How do I allow a browser application to send traces?",
    answeredBy: ["configuration#who-can-reach-it", "configuration#configuration"],
  },
  {
    question: "What is the largest request that is accepted?",
    answeredBy: ["configuration#configuration", "api#post-v1traces"],
  },
  { question: "How do I send a trace from Python?", answeredBy: ["readme#send-a-trace"] },
  {
    question: "Show me how to send a span with curl",
    answeredBy: ["readme#send-a-trace", "api#post-v1traces"],
  },
  { question: "Which Node version do I need?", answeredBy: ["readme#start"] },
  { question: "How can I see it with demonstration data?", answeredBy: ["readme#start"] },
  { question: "How do I list failed traces in the terminal?", answeredBy: ["readme#on-the-command-line"] },
  { question: "Can I import traces from a file?", answeredBy: ["readme#on-the-command-line"] },
  { question: "How do I open a trace by its id with the keyboard?", answeredBy: ["readme#what-you-see"] },
  { question: "Under which licence is it published?", answeredBy: ["readme#licence"] },
  { question: "How do I run the tests?", answeredBy: ["readme#tests"] },
  { question: "What status codes can an error of the API have?", answeredBy: ["api#how-answers-look"] },
  { question: "How are times written in the API?", answeredBy: ["api#how-answers-look"] },
  {
    question: "How does pagination work?",
    answeredBy: ["api#how-answers-look", "api#get-apiprojectsprojecttraces"],
  },
  {
    question: "What does the server answer when its queue is full?",
    answeredBy: ["api#post-v1traces", "architecture#the-way-data-goes"],
  },
  {
    question: "What happens to spans of a request that cannot be read?",
    answeredBy: ["api#post-v1traces", "architecture#the-way-data-goes"],
  },
  {
    question: "Does it store logs and metrics?",
    answeredBy: ["api#post-v1logs", "api#post-v1metrics", "readme#status"],
  },
  {
    question: "How do I get the histogram of traces over the API?",
    answeredBy: ["api#get-apiprojectsprojecttracesstats"],
  },
  {
    question: "How do I filter traces by model and latency?",
    answeredBy: [
      "api#traces",
      "readme#what-you-see",
      "readme#on-the-command-line",
      "api#get-apiprojectsprojecttraces",
    ],
  },
  {
    question: "How do I search for text inside one trace?",
    answeredBy: ["api#get-apiprojectsprojecttracestraceidsearch"],
  },
  { question: "Do Phoenix's client libraries work with it?", answeredBy: ["api#public-routes"] },
  {
    question: "How can I check that the server is healthy?",
    answeredBy: ["api#get-healthz", "api#get-readyz"],
  },
  { question: "Is data lost when the process is killed?", answeredBy: ["architecture#what-must-stay-true"] },
  {
    question: "What is counted when the same span is exported twice?",
    answeredBy: [
      "architecture#what-must-stay-true",
      "decisions/0002-trace-summaries#consequences",
      "decisions/0002-trace-summaries#context",
    ],
  },
  { question: "Which packages may the web page import?", answeredBy: ["architecture#what-may-import-what"] },
  { question: "Where do I add a new setting?", answeredBy: ["architecture#where-a-change-goes"] },
  {
    question: "Why does the page not show images from the web?",
    answeredBy: [
      "decisions/0004-no-remote-images#context",
      "decisions/0004-no-remote-images#decision",
      "architecture#what-must-stay-true",
    ],
  },
  {
    question: "Why is the conversation of a span not stored separately?",
    answeredBy: [
      "decisions/0001-derive-on-read#context",
      "decisions/0001-derive-on-read#decision",
      "decisions/0001-derive-on-read#consequences",
    ],
  },
  {
    question: "How are integers of 64 bits written in JSON?",
    answeredBy: [
      "decisions/0003-attribute-json-form#context",
      "decisions/0003-attribute-json-form#decision",
      "api#how-answers-look",
      "api#get-apiprojectsprojecttracestraceidspansspanid",
    ],
  },
  {
    question: "Why are rows inserted through a file?",
    answeredBy: ["decisions/0005-rows-through-a-file#context", "decisions/0005-rows-through-a-file#decision"],
  },
  { question: "Which CSS framework does the page use?", answeredBy: ["decisions/0006-plain-css#decision"] },
];
