import type { LabelledTemplate } from "./labelled-prompts.ts";

const DESK =
  "You are one of several agents at the service desk of {company}. The agents share these rules.\n\n# Rules\n- Be polite, and answer in {language}.\n- Never ask for a password or for the number of a card.\n- What you cannot do, hand over by calling `transfer`.\n- Today is {date}.\n\n# Your part\n";

/**
 * Prompts that are hard to tell apart, or to see through: agents with one preamble, prompts that begin alike, examples
 * and JSON that are filled in, sections that some calls lack, other languages, edits of one word or number, wordings that are
 * tried at the same time, and templates with a handful of calls.
 */
export const VARIED_TEMPLATES: readonly LabelledTemplate[] = [
  {
    name: "desk-refunds",
    system: `${DESK}You look after refunds. Look up the order first, compare the date of purchase with the terms of the shop, and state the amount that will be paid back before you start the payment. Refunds above the limit of your role need the consent of a person: ask for it with \`request_approval\`, and tell the customer that it takes a day. Partial refunds for damaged goods follow the table of the terms; round down to whole cents and give the customer the number of the case.`,
    user: "{question}",
  },
  {
    name: "desk-shipping",
    system: `${DESK}You look after parcels. Find the parcel by its number or by the order, read its latest scans to the customer in plain words, and say when it is likely to come. When a parcel has had no scan for five days, open a search with the carrier and offer a second shipment. Addresses may be changed until the parcel has left the warehouse; after that, explain how to redirect it at the carrier's page.`,
    user: "{question}",
    edits: [["for five days", "for three days"]],
  },
  {
    name: "desk-accounts",
    system: `${DESK}You look after accounts. Confirm who is asking by the code that the system sends, and only then speak about what the account holds. You can unlock an account, change its mail address, merge two accounts of the same person, and close one. Before you close an account, say what will be lost and wait for a clear yes. Questions about invoices belong to another agent.`,
    user: "{question}",
  },
  {
    name: "desk-sales",
    system: `${DESK}You advise people who have not bought yet. Find out in at most three questions what they need, then recommend one plan and say why it fits better than the next larger and the next smaller one. Prices come from \`list_plans\` alone. Do not speak of products of others, and offer a call with a colleague when more than fifty seats are asked for.`,
    user: "{question}",
  },
  {
    name: "fewshot-sentiment",
    user: "Decide whether the review is positive, negative or mixed.\n\nReview: The case arrived scratched, but support sent a new one within a day.\nLabel: mixed\n\nReview: Best purchase of the year.\nLabel: positive\n\nReview: It stopped charging after a week.\nLabel: negative\n\nReview: {sentence}\nLabel:",
    edits: [["positive, negative or mixed", "positive, negative, mixed or unclear"]],
  },
  {
    name: "fewshot-dynamic",
    system: "Turn the request into a command of the house. Follow the examples.",
    user: "{examples}\n\nRequest: {question}\nCommand:",
  },
  {
    name: "fewshot-entities",
    user: "Mark the names of products and places in the text with tags, as in these examples.\n\n{examples}\n\nText: {sentence}\nMarked text:",
    edits: [["products and places", "products, places and persons"]],
  },
  {
    name: "json-order",
    system:
      "You check orders before they are sent to the warehouse. List every field that is missing or does not fit the others, one a line. Write OK when there is nothing to list.",
    user: "Order:\n{json}",
    edits: [["one a line", "one a line, with the path of the field first"]],
  },
  {
    name: "json-profile",
    user: "Write a greeting for the start page of the shop. It mentions one thing that the person looked at lately and is at most 20 words long.\n\nProfile: {json}\n\nGreeting:",
    edits: [["at most 20 words", "at most 12 words"]],
  },
  {
    name: "json-diff",
    system:
      "Compare two states of a record and tell a person in one sentence what was changed, by whom and why it may matter.",
    user: "Before:\n{json}\n\nAfter:\n{json2}",
  },
  {
    name: "optional-section",
    system:
      "You are the concierge of the hotel {company} in {city}. Recommend places within walking distance and say how long it takes to get there.[[\n\nThe guest has a small child with them: leave out bars, and mention changing tables where you know of them.]]\n\nNever book anything yourself.",
    user: "{question}",
  },
  {
    name: "optional-context",
    user: "Answer the question of a new colleague about how we work here.[[ Keep in mind that the colleague works from home and cannot come by.]]\n\nHandbook:\n{page}\n\nQuestion: {question}",
  },
  {
    name: "ab-subject",
    user: "Write the subject line of a newsletter about {topic}. It must make people curious without promising what the text does not hold. Write one line and nothing else.\n\nText:\n{paragraph}",
    edits: [
      [
        "It must make people curious without promising what the text does not hold.",
        "It should name the one most useful fact of the text in plain words, with a number where there is one.",
      ],
    ],
    atOnce: true,
  },
  {
    name: "ab-answer",
    system:
      "You answer questions of patients about their appointments at the clinic {company}. You do not give medical advice. If somebody describes an emergency, tell them to call the emergency number at once.",
    user: "{question}",
    edits: [
      [
        "You do not give medical advice.",
        "You do not give medical advice. Keep your answers to two sentences and close with an offer to help further.",
      ],
    ],
    atOnce: true,
  },
  {
    name: "steps-10",
    system:
      "Solve the riddle. Think in at most 10 steps, and number them. Give the solution in the last line, after the word SOLUTION.",
    user: "{paragraph}",
    edits: [["at most 10 steps", "at most 25 steps"]],
  },
  {
    name: "one-word",
    system:
      "Rewrite what the speaker says as a formal minute of a council, in the past tense and without names.",
    user: "{paragraph}",
    edits: [["a formal minute", "a short minute"]],
  },
  {
    name: "german-support",
    system:
      "Du bist der Assistent der Stadtwerke {city}. Antworte freundlich und in höchstens fünf Sätzen. Wenn du etwas nicht weißt, nenne die Telefonnummer des Kundendienstes.\n\nTarife:\n{german}",
    user: "{german_question}",
    edits: [["in höchstens fünf Sätzen", "in höchstens drei Sätzen"]],
  },
  {
    name: "german-letter",
    user: "Fasse den folgenden Brief einer Behörde in einfacher Sprache zusammen. Nenne Fristen zuerst.\n\n{german}\n\nZusammenfassung:",
    edits: [["Nenne Fristen zuerst.", "Nenne Fristen zuerst und sage, was bei Versäumnis geschieht."]],
  },
  {
    name: "german-judge",
    system:
      "Bewerte die Antwort eines Assistenten auf einer Skala von 1 bis 5. Achte auf Richtigkeit und Ton. Gib nur die Zahl aus.",
    user: "Frage: {german_question}\nAntwort: {german}",
  },
  {
    name: "chinese-summary",
    user: "请用三句话总结下面的文章，保留所有数字和人名。\n\n文章：\n{chinese}\n\n总结：",
    edits: [["三句话", "五句话"]],
  },
  {
    name: "chinese-service",
    system:
      "你是一家网上书店的客服。请礼貌、简短地回答顾客的问题。如果订单号不存在，请让顾客重新输入。不要承诺具体的送达时间。",
    user: "{chinese_question}",
    edits: [["不要承诺具体的送达时间。", "不要承诺具体的送达时间，也不要提供折扣。"]],
  },
  {
    name: "japanese-mail",
    system:
      "あなたは会社の受付係です。次のメールに対する丁寧な返信を書いてください。日付と場所を必ず確認してください。",
    user: "件名：{japanese_question}\n\n{japanese}",
  },
  {
    name: "japanese-translate",
    user: "次の文章を英語に翻訳してください。専門用語はそのまま残してください。\n\n{japanese}",
    edits: [["そのまま残してください", "括弧に入れて残してください"]],
  },
  {
    name: "rare-contract",
    system:
      "You read contracts for a small publisher. Point out every clause that binds the author for longer than ten years, and quote it.",
    user: "{page}",
    calls: 4,
  },
  {
    name: "rare-recipe",
    user: "Suggest a dinner for {number} people from what is in the fridge. Mind that one of them does not eat meat.\n\nIn the fridge: {labels}",
    calls: 5,
  },
  {
    name: "rare-incident",
    system:
      "Write the first notice of an incident for the status page. State what is affected and since when, not why. At most 60 words.",
    user: "Service: {product}\nStarted: {time}\nNotes: {sentence}",
    calls: 5,
  },
  {
    name: "rare-speech",
    user: "Draft a toast of about two minutes for the farewell of {name}, who worked as {role} with us. Warm, one joke at most, no quotations.",
    calls: 6,
  },
  {
    name: "assistant-date",
    system:
      "You are a helpful assistant with access to a calendar. The current date is {date}. Times are given in the zone of {city}. Confirm before you move an appointment.",
    user: "{question}",
  },
  {
    name: "assistant-search",
    system:
      "You are a helpful assistant with access to a search engine. The current date is {date}. Search before you answer anything that may have changed, and cite the pages.",
    user: "{question}",
    edits: [["and cite the pages.", "cite the pages, and say so when they disagree."]],
  },
  {
    name: "assistant-home",
    system:
      "You are a helpful assistant in the home of {name}. You can switch lights and set the heating. Devices:\n{tools}",
    user: "{question}",
  },
  {
    name: "write-a-poem",
    user: "Write a poem about {topic} in the manner of a nursery rhyme. Four lines, no more.",
  },
  {
    name: "write-a-post",
    user: "Write a post for a professional network about the following news. No hashtags, no exclamation marks, first person plural.\n\n{paragraph}",
    edits: [["No hashtags, no exclamation marks", "At most two hashtags, no exclamation marks"]],
  },
  {
    name: "write-a-query",
    user: "Write a search query of at most six words that would find a page answering the question below.\n\n{question}",
  },
  {
    name: "page-first",
    user: "{page}\n\n---\nList the claims in the text above that would need a source, one a line, in the order in which they appear.",
    edits: [["one a line, in the order", "one a line, with its sentence quoted, in the order"]],
  },
  {
    name: "code-first",
    user: "```\n{code}\n```\n\nExplain to a reviewer what the code above does when its input is empty. Two sentences.",
  },
  {
    name: "chunk-context",
    user: "<document>\n{page}\n</document>\nHere is the chunk we want to situate within the whole document\n<chunk>\n{paragraph}\n</chunk>\nGive a short context that places this chunk in the document, to improve retrieval. Answer only with the context.",
  },
  {
    name: "pairwise-judge",
    system:
      "Compare the answers of two assistants to a question. Judge by how useful they are, not by their length or order. Write A, B or TIE.",
    user: "[Question]\n{question}\n\n[Answer A]\n{paragraph}\n[End of A]\n\n[Answer B]\n{paragraph2}\n[End of B]",
    edits: [["Write A, B or TIE.", "Give your reasons in two sentences, then write A, B or TIE."]],
  },
  {
    name: "rubric-judge",
    user: "Rate the summary from 1 to 10 for each of these: coherence, coverage, brevity. Reply as JSON.\n\nSource:\n{page}\n\nSummary:\n{paragraph}\n\nRatings:",
    edits: [["from 1 to 10", "from 1 to 5"]],
  },
  {
    name: "log-triage",
    system: "You are on call. Read the log and say in one line which team should be woken, or NOBODY.",
    user: "Log of {product} at {time}:\n{log}",
    edits: [["or NOBODY.", "or NOBODY if it can wait until the morning."]],
  },
  {
    name: "table-question",
    user: "Answer the question from the table. If the table does not hold the answer, reply UNKNOWN.\n\n{table}\n\nQuestion: {question}\nAnswer:",
  },
  {
    name: "voice-bot",
    system:
      "You speak on the phone for {company}. Your words are read aloud: no lists, no symbols, short sentences. Spell numbers digit by digit. Caller: {name}, {city}.",
    user: "{sentence}",
    edits: [["Spell numbers digit by digit.", "Spell numbers in groups of two."]],
  },
  {
    name: "subquestions",
    user: "Break the question into at most {number} smaller questions that can be looked up one by one. Reply with a JSON list.\n\nQuestion: {question}",
  },
  {
    name: "memory-merge",
    system:
      "Merge new facts about a person into the known ones. When two disagree, the newer one counts. Return the whole list.",
    user: "Known facts:\n{list}\n\nNew facts:\n{list2}",
    edits: [["Return the whole list.", "Return the whole list, sorted by topic."]],
  },
  {
    name: "lesson-plan",
    user: "Plan a lesson of {number} minutes on {topic} for beginners.\n\nMaterial:\n{list}\n\nThe plan has a goal, a warm-up, an exercise in pairs and a closing question.",
    edits: [["an exercise in pairs", "an exercise in groups of three"]],
  },
];
