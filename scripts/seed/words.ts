/** What the demonstration services talk about: an outdoor shop's support desk and its handbook. */
export const USERS = [
  "ada",
  "bela",
  "chidi",
  "dana",
  "emre",
  "fumiko",
  "goran",
  "hana",
  "ines",
  "jonas",
] as const;

export const QUESTIONS = [
  "Where is my order 48213? It was promised for Tuesday.",
  "Can I return hiking boots that I wore once, on a carpet?",
  "Which of your tents stands a storm on a ridge above 2,000 m?",
  "The zip of my jacket broke after three weeks. What now?",
  "Do you ship stove fuel to Norway?",
  "I was charged twice for the same headlamp.",
  "How do I wash a down sleeping bag without ruining it?",
  "Welche Isomatte passt für minus zehn Grad?",
  "テントのポールだけ買えますか？",
  "What is the weight limit of the folding chair, and does it come in red?",
] as const;

export const ANSWERS = [
  "I looked it up: the parcel left our warehouse yesterday and is with the carrier. The new estimate is **tomorrow before noon**. If it is not there by then, write to me here and I will send a replacement.",
  "Yes. Within 30 days you can return boots that show no wear outdoors.\n\n1. Print the label from *My orders*\n2. Put the boots in their box\n3. Hand them to any parcel shop\n\nThe refund takes about three working days.",
  "For a ridge at that height I would take the **Fulmar 2**: geodesic poles, 12 guy points, and it was measured at 120 km/h wind.\n\n| tent | weight | wind |\n|---|---|---|\n| Fulmar 2 | 2.9 kg | 120 km/h |\n| Petrel 2 | 1.7 kg | 70 km/h |",
  "I am sorry about the zip. It is covered by the two-year warranty, so there is nothing to pay: I have opened repair case R-2291 for you.",
  "Unfortunately we may not ship fuel by post. Shops in Bergen, Oslo and Tromsø carry the same cartridges; here is the list:\n\n```\nBergen  Platou Sport\nOslo    XXL Alna\nTromsø  Intersport Sentrum\n```",
  "You are right, there are two charges of 39.90. I have refunded the second one; it shows within five days.",
] as const;

export const TOOLS = [
  {
    name: "find_order",
    arguments: { order_id: "48213" },
    result: { status: "in transit", carrier: "Postnord", eta: "2026-11-22" },
  },
  {
    name: "search_products",
    arguments: { query: "storm tent", limit: 3 },
    result: {
      products: [
        { sku: "FUL-2", name: "Fulmar 2", weight_kg: 2.9 },
        { sku: "PET-2", name: "Petrel 2", weight_kg: 1.7 },
      ],
    },
  },
  {
    name: "open_repair_case",
    arguments: { sku: "JKT-11", fault: "zip" },
    result: { case: "R-2291", pays: "warranty" },
  },
  { name: "refund_payment", arguments: { payment: "P-77120", amount: 39.9 }, result: { refunded: true } },
] as const;

export const PASSAGES = [
  {
    id: "returns-3",
    text: "Goods may be returned within 30 days of delivery when they show no signs of use outdoors. Boots tried on indoors count as unused.",
    source: "handbook/returns.md",
  },
  {
    id: "shipping-7",
    text: "Pressurised or liquid fuel is a dangerous good and is not shipped by parcel, neither at home nor abroad.",
    source: "handbook/shipping.md",
  },
  {
    id: "care-12",
    text: "Down is washed at 30 °C with a down detergent, rinsed twice, and tumbled dry with two tennis balls until no clumps remain.",
    source: "handbook/care.md",
  },
  {
    id: "warranty-1",
    text: "Zips, seams and buckles carry a warranty of two years from the date of purchase. Repairs are preferred to replacement.",
    source: "handbook/warranty.md",
  },
  {
    id: "tents-4",
    text: "Geodesic tents cross their poles at least three times and stand wind from any side; tunnel tents need to be pitched into the wind.",
    source: "handbook/tents.md",
  },
  {
    id: "mats-2",
    text: "The R-value adds up: two mats of R 2.5 insulate as one of R 5, which is enough for nights of −10 °C.",
    source: "handbook/mats.md",
  },
] as const;

export const SYSTEM_PROMPT =
  "You are the support assistant of Fjellrand, an outdoor shop. Answer in the customer's language, briefly and correctly. Look things up with the tools rather than guessing. Never promise dates that no tool gave you.";

export const STACKTRACE = `RateLimitError: 429 You exceeded your current quota
    at OpenAI.makeStatusError (file:///app/node_modules/openai/client.mjs:154:32)
    at OpenAI.makeRequest (file:///app/node_modules/openai/client.mjs:318:29)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async SupportAgent.answer (file:///app/src/support-agent.ts:88:22)`;
