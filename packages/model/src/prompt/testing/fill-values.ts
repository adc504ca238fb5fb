import type { Lexicon } from "./lexicon.ts";

/** A small generator (mulberry32): the same numbers for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A value of a kind, made from the words and texts of a lexicon; a number at the end of the kind asks for another one. */
export function valueOf(kind: string, lexicon: Lexicon, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const many = (from: number, to: number, make: (index: number) => string, by: string): string =>
    Array.from({ length: int(from, to) }, (_, i) => make(i)).join(by);
  const { labels, verbs, objects, questionStarts } = lexicon;
  const question = (): string =>
    `${pick(questionStarts)} ${pick(verbs)} ${pick(objects)}${random() < 0.5 ? "" : ` after ${pick(objects)} ${pick(["failed", "was changed", "arrived"])}`}${random() < 0.85 ? "?" : ""}`;
  const sentences = (count: number): string =>
    Array.from({ length: count }, () => pick(lexicon.sentences)).join(" ");
  const known = lexicon.words[kind];
  if (known) return pick(known);
  switch (kind) {
    case "date":
      return `2026-11-${String(int(1, 28)).padStart(2, "0")}`;
    case "time":
      return `2026-11-${int(10, 28)}T${String(int(0, 23)).padStart(2, "0")}:${int(10, 59)}:00Z`;
    case "number":
      return String(int(2, 12));
    case "id":
      return int(1_000_000, 9_999_999).toString(16);
    case "labels":
      return labels.filter(() => random() < 0.5).join(", ") || "other";
    case "question":
      return question();
    case "sentence":
      return `${pick(lexicon.sentenceStarts)} ${pick(objects)} ${pick(lexicon.predicates)} since ${int(1, 28)} ${pick(["March", "May", "August", "November"])}.`;
    case "paragraph":
      return sentences(int(2, 5));
    case "history":
      return many(1, 6, () => `Human: ${question()}\nAssistant: ${sentences(1)}`, "\n");
    case "list":
      return many(1, 7, (i) => `${i + 1}. ${sentences(1)}`, "\n");
    case "tools":
      return labels
        .slice(0, int(2, 5))
        .map((name) => `${name}: ${sentences(1)}`)
        .join("\n");
    case "schema":
      return `CREATE TABLE ${pick(labels)}_${int(1, 99)} (\n  id INTEGER,\n  ${pick(verbs)}_at TIMESTAMP,\n  ${pick(labels)} TEXT\n)`;
    case "code":
      return many(1, 5, () => pick(lexicon.code), "\n\n");
    case "page": {
      // Paragraphs as a search finds them: the same one may come again, beside others.
      const length = int(500, 12_000);
      const found: string[] = [];
      for (let size = 0; size < length; size += found.at(-1)?.length ?? length)
        found.push(pick(lexicon.paragraphs));
      return found.join("\n\n");
    }
    case "examples":
      return many(2, 4, () => `Input: ${question()}\nOutput: ${pick(labels)}(${pick(verbs)})`, "\n\n");
    case "json": {
      const item = () => ({
        sku: int(1000, 9999),
        name: pick(objects),
        tags: labels.filter(() => random() < 0.3),
      });
      const value = {
        id: int(1, 99_999),
        customer: pick(lexicon.words["name"] ?? []),
        items: Array.from({ length: int(0, 4) }, item),
        note: random() < 0.4 ? sentences(1) : null,
      };
      return JSON.stringify(value, undefined, random() < 0.5 ? 2 : undefined);
    }
    case "log":
      return many(
        3,
        20,
        () =>
          `2026-11-${int(10, 28)} ${int(10, 23)}:${int(10, 59)}:${int(10, 59)} ${pick(["INFO", "WARN", "ERROR"])} ${pick(labels)} ${pick(verbs)} ${pick(objects)} took ${int(1, 900)} ms`,
        "\n",
      );
    case "table":
      return `| ${pick(labels)} | ${pick(verbs)} | count |\n|---|---|---|\n${many(2, 9, () => `| ${pick(objects)} | ${pick(lexicon.words["city"] ?? [])} | ${int(1, 500)} |`, "\n")}`;
    case "german_question":
      return `${pick(["Wie kann ich", "Warum muss ich", "Wann darf ich", "Wo soll ich"])} ${pick(["den Vertrag", "meinen Zähler", "die letzte Rechnung", "den Abschlag", "das Ticket"])} ${pick(["kündigen", "ablesen", "bezahlen", "ändern", "umtauschen"])}?`;
    case "german":
      return many(
        1,
        6,
        () =>
          `${pick(["Der Tarif", "Die Frist", "Ihr Antrag", "Das Amt", "Die Anlage"])} ${pick(["gilt", "endet", "beginnt", "wurde geprüft", "ist gültig"])} ${pick(["ab dem", "bis zum", "seit dem"])} ${int(1, 28)}. ${pick(["März", "Mai", "August"])} und ${pick(["kostet", "umfasst", "betrifft"])} ${int(2, 990)} ${pick(["Euro", "Tage", "Kunden"])}.`,
        " ",
      );
    case "chinese_question":
      return `${pick(["我的订单", "这本书", "退款", "会员卡", "发票"])}${pick(["什么时候", "为什么没有", "怎么才能", "可以在哪里"])}${pick(["到达", "取消", "更换", "查询", "寄出"])}？`;
    case "chinese":
      return many(
        1,
        6,
        () =>
          `${pick(["昨天", "上个月", "今年春天", "据报道"])}${pick(["这家公司", "市政府", "研究人员", "一位读者"])}${pick(["发布了", "拒绝了", "修改了", "收到了"])}${int(2, 900)}${pick(["份报告", "封信", "个计划", "台机器"])}。`,
        "",
      );
    case "japanese_question":
      return `${pick(["会議", "見積もり", "請求書", "納品", "見学"])}の${pick(["日程", "変更", "確認", "延期"])}について`;
    case "japanese":
      return many(
        1,
        6,
        () =>
          `${pick(["来週", "先月", "本日", "昨年"])}${pick(["担当者", "委員会", "工場", "お客様"])}が${int(2, 900)}${pick(["件の書類", "個の部品", "通のメール"])}を${pick(["送りました", "確認しました", "受け取りました"])}。`,
        "",
      );
    default:
      throw new Error(`no value for {${kind}}`);
  }
}
