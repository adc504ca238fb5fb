/** Paragraphs that labelled prompts are filled with; changing one changes every measured figure. */
export const PARAGRAPHS: readonly string[] = [
  "The reading room opens at eight and closes when the last visitor has returned what was lent. Bags stay in the lockers by the door. A coin is needed for each of them, and it comes back when the locker is opened.",
  "A pump moves water from the lower basin to the upper one while power is cheap. In the evening the water runs back through the same turbine. About three quarters of what was spent is won back.",
  "Orders that reach the warehouse before two in the afternoon leave it on the same day. Anything that is larger than a chair goes out with a second carrier, who calls the day before. Returned goods are looked at by hand.",
  "The museum keeps a record of every object that it lends. The record names the lender, the borrower, the day on which the object left and the state that it was in. Photographs are taken from four sides under the same light.",
  "When the tariff changes, customers are told six weeks ahead. They may leave the contract by the end of the month in which the letter came. Nothing needs to be done by those who wish to stay.",
  "Of the forty sensors along the river, three have not reported since the flood. Their readings are filled in from the two stations next to each. The gaps are marked in the published tables.",
  "Bread that is baked from a cold dough keeps its shape better and tastes of more. The dough rests overnight at five degrees. In the morning it is folded twice, left to warm for an hour and then put into a hot oven with steam.",
  "Members vote once a year on the budget and on the board. A motion needs the support of ten members to be put on the list. It has to reach the office three weeks before the meeting, on paper or by mail.",
  "The old harbour crane was turned by four people who walked inside two wheels. It could lift a little more than two tonnes. The rope was replaced each spring, and the used rope was sold to the paper mill.",
  "A claim has to be made within thirty days of the damage. Add photographs, the receipt and a short account of what happened. Claims for less than fifty euros are paid without further questions.",
  "- Keep the valve closed while the filter is out.\n- Rinse the filter under running water, never with soap.\n- Put it back with the arrow towards the tank.\n- Open the valve slowly and listen for air.",
  "Night trains carry bicycles in the first car only. A place costs nine euros and can be booked from ninety days before the journey. Folded bicycles count as luggage.",
  "The school has room for a hundred and twenty children in six groups. Each group has two teachers, of whom one stays with it for all four years. Lessons begin at half past eight, and on Fridays they end at noon.",
  "Yields were lower than in the year before in all but two regions. Dry weeks in May hurt the wheat most, while late rain helped maize and beets. Prices rose by a tenth between June and September.",
  "To find the leak, close the main valve and write down what the meter says. Look again after an hour. If the figure has changed, water is lost between the meter and the house, and the works department has to dig.",
  "Two of the lamps are meant to be seen from the sea, and the third lights the path. Both of the large ones turn once in twenty seconds. A keeper still sleeps in the house below, although nothing has needed one for years.",
  "Every letter that comes in gets a number and the date. It is scanned on the day on which it comes, and the paper goes to the archive in the cellar. Whoever needs the original signs for it at the desk.",
  "The trial ran for eleven weeks with sixty people in two groups. One group was given the new schedule, the other went on as before. Those who slept an hour longer made a third fewer errors, but they were no faster.",
  "Rooms on the courtyard are quiet and a little dark. Those on the street have balconies, and the tram is heard until midnight. Breakfast is served from seven in the hall with the blue tiles.",
  "A battery of this kind loses a fiftieth of its charge in a month. It should be stored half full, dry and at less than twenty degrees. After ten years about four fifths of the first capacity are left.",
  "The bridge was built in sections on the east bank and pushed across. Each section took nine days. Traffic on the river was stopped only twice, and for less than an hour each time.",
  "| Station | Opened | Passengers |\n|---|---|---|\n| North Gate | 1902 | 8400 |\n| Mill Lane | 1911 | 2150 |\n| Old Port | 1964 | 12700 |",
  "An account may be shared by up to five people of a household. Each has a password and a list of their own. What one of them buys can be read by all, except for gifts until they have been given.",
  "Paint the frame before the glass is put in. The first coat is thin and dries for a day. Sand it lightly, wipe off the dust with a damp cloth, and paint again in the direction of the grain.",
  "The committee heard three experts and read forty letters. It found that the rule had been followed in most cases. Where it had not, the reason was most often that nobody knew of it.",
  "Parcels for the islands go by ferry on Tuesdays and Saturdays. In storms they wait at the port for the next calm day. The carrier does not refund anything for a delay that the weather caused.",
  "Grammar is learnt more quickly from examples than from rules. Students who first saw twelve sentences and then the rule remembered it after a month. Those who saw the rule first had forgotten half of it.",
  "The kitchen needs the number of guests by Wednesday. Changes by up to three people can be made until the evening before. Tell us about allergies in writing, one line for each guest.",
  "A glacier moves faster at its middle than at its edges, and faster in summer than in winter. Stakes that are set in a straight line across it form a curve after a year. The curve tells how much ice flows through.",
  "## Before you begin\n\nCheck that the power is off. Lay out the parts in the order of the list, and count the screws: there are two kinds, which differ by a millimetre.",
  "Sales in the south grew for the fifth quarter in a row. The new depot made it possible to deliver within a day. Costs for fuel went up, and so did those for packaging, so that profit stayed what it was.",
  "The choir meets on Mondays in the chapel behind the market. New voices are welcome in spring and in autumn. There is no audition, but everybody learns the part for the summer concert by heart.",
  "If the engine does not start, wait for a minute and try again with the clutch held down. Should the red light blink, read its code from the table on the inside of the door. Codes above forty need a workshop.",
  "Of a tax that is paid too late, one per cent is added for each month that has begun. The office may waive it once, if it is asked in writing and the reason was illness. It does not waive it for forgetfulness.",
  "The translation follows the second edition, which the author corrected by hand. Names of places are given as they are spelt today. Verse is rendered line by line, without rhyme.",
  "Seeds are sown in March under glass and moved outdoors when the nights stay above eight degrees. Leave a hand's breadth between two plants. Water them in the morning and never on the leaves.",
  "Where the path leaves the wood, turn left at the stone with the red mark. The hut can be seen from there in clear weather. It is open from June to the middle of October, and it has sixteen beds.",
  "Data are kept for two years and then made anonymous. Only three people may read them before that. Each look is noted with the reason for it, and the notes are gone through every quarter.",
  "The clock in the tower runs eight minutes fast on purpose, so that nobody misses the last ferry. Visitors are told so by a sign at the pier. Most do not believe it until they have missed breakfast.",
  "1. Open the lid and take out the tray.\n2. Fill in salt up to the line.\n3. Close the lid until it clicks.\n4. Start the short programme without dishes.",
];

export const CODE: readonly string[] = [
  `import { readFile } from "node:fs/promises";
import { parseRecord, type Record } from "./record.ts";

const MAX_LINE_CHARS = 8_192;

export interface LoadOptions {
  path: string;
  strict?: boolean;
  onSkipped?: (line: number, reason: string) => void;
}

/** Reads the records of a file, one a line. */
export async function loadRecords({ path, strict = false, onSkipped }: LoadOptions): Promise<Record[]> {
  const text = await readFile(path, "utf8");
  const records: Record[] = [];
  for (const [index, line] of text.split("\\n").entries()) {
    if (line.trim() === "") continue;
    if (line.length > MAX_LINE_CHARS) {
      onSkipped?.(index + 1, "the line is too long");
      continue;
    }
    const record = parseRecord(line);
    if (record) records.push(record);
    else if (strict) throw new Error("line " + (index + 1) + " is no record");
    else onSkipped?.(index + 1, "it is no record");
  }
  return records;
}

export function groupByDay(records: readonly Record[]): Map<string, Record[]> {
  const days = new Map<string, Record[]>();
  for (const record of records) {
    const day = record.time.slice(0, 10);
    const group = days.get(day);
    if (group) group.push(record);
    else days.set(day, [record]);
  }
  return days;
}

export class Counter {
  readonly #counts = new Map<string, number>();

  add(key: string, by = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** The keys that were counted most often, the first ones where there are ties. */
  top(limit: number): string[] {
    return [...this.#counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, limit)
      .map(([key]) => key);
  }
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

export function toCsv(rows: readonly (readonly string[])[]): string {
  const quote = (cell: string): string => (/[",\\n]/.test(cell) ? JSON.stringify(cell) : cell);
  return rows.map((row) => row.map(quote).join(",")).join("\\n") + "\\n";
}`,
  `CREATE TABLE stations (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  opened_on DATE,
  is_closed BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE readings (
  station_id INTEGER NOT NULL REFERENCES stations (id),
  taken_at TIMESTAMP NOT NULL,
  level_cm NUMERIC(6, 1),
  flow_m3 NUMERIC(8, 2),
  PRIMARY KEY (station_id, taken_at)
);

CREATE INDEX readings_by_time ON readings (taken_at);

CREATE VIEW latest_readings AS
SELECT r.station_id, s.name, r.taken_at, r.level_cm
FROM readings AS r
JOIN stations AS s ON s.id = r.station_id
WHERE r.taken_at = (
  SELECT max(other.taken_at) FROM readings AS other WHERE other.station_id = r.station_id
);

SELECT s.name, date_trunc('day', r.taken_at) AS day, avg(r.level_cm) AS mean_level
FROM readings AS r
JOIN stations AS s ON s.id = r.station_id
WHERE NOT s.is_closed AND r.level_cm IS NOT NULL
GROUP BY s.name, day
HAVING count(*) > 12
ORDER BY day DESC, mean_level DESC
LIMIT 50;

UPDATE stations SET is_closed = TRUE
WHERE id NOT IN (SELECT station_id FROM readings WHERE taken_at > now() - interval '90 days');

DELETE FROM readings WHERE level_cm < 0 OR level_cm > 2000;`,
];
