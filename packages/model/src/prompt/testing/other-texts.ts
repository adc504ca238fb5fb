/** Other paragraphs than those of `texts.ts`: what was tuned on one is measured on both. */
export const OTHER_PARAGRAPHS: readonly string[] = [
  "Tenants may keep a cat without asking. For a dog the owner has to agree, and may take the agreement back if there are complaints from at least two neighbours. Fish and birds in cages are nobody's business but yours.",
  "The heating is turned on when the mean of three days falls below twelve degrees. It runs at night with half of its power. Please do not open it by hand, since the valves on the upper floors then lose pressure.",
  "Our choir of frogs has grown since the pond was cleaned in March. Two species were counted that had not been heard here for thirty years. The count is repeated each April by volunteers with lamps.",
  "A letter of the bank states that the loan was repaid in full. The entry in the land register is still there. It can be removed by a notary for a fee of about two hundred francs.",
  "The lift carries eight people or six hundred kilograms. It is looked at four times a year. When the bell rings, somebody answers within a minute, day and night, in three languages.",
  "In the third act the stage stays empty for almost two minutes. Only the wind machine is heard. Critics called it the bravest moment of the season, and the audience coughed.",
  "Windows on the north side were replaced last autumn. The old ones were made of larch and had lasted for seventy years. Six of them were kept, and they now serve as doors of the tool shed.",
  "The judge asked both sides to name a price. They were further apart than at any time before. A week later they met at a bakery by chance and agreed between two coffees.",
  "Gather the plums when they come off at a touch. Halve them, take out the stones, and lay them on the dough like tiles. Sugar goes on only after baking, or else the juice runs.",
  "From the station it is a walk of twelve minutes uphill. A bus goes every half hour until nine. With luggage, ring the house, and Mr Brunner comes down with the cart.",
  "* Glass goes into the green container, without lids.\n* Paper is fetched on the first Monday.\n* Batteries belong in the box beside the letter boxes.\n* Anything else costs five francs a bag.",
  "The expedition of that year mapped the coast as far as the third cape. Ice closed in earlier than they had been told. They spent the winter in a hut of driftwood, and all but one of them came home.",
  "Her first violin was made of a wine crate by an uncle. She played it until she was eleven. It hangs in her dressing room today and is, she says, the only one that she would save from a fire.",
  "Rent rises with the index, at most once a year. The new sum has to be told in writing a month ahead. It is void when the index is missing from the letter.",
  "The tide table is made a year ahead from eighty constants. Wind is not in it. Before a storm, add half a metre to what it says, and a whole one if the moon is full.",
  "They tested nine glues on wet oak. Seven came off within a month. The two that held were the cheapest one and the one that the carpenter had cooked himself from bones.",
  "Lessons cost forty francs for three quarters of an hour. What is cancelled a day before is free. Brothers and sisters pay a third less, and nobody is sent away for lack of money.",
  "Two of the masts carry sails of hemp, as they did at first. The third was lost in the harbour of all places. A new one was drawn through the forest by six horses, since no truck fits between the rocks.",
  "The app asks for your place only while it is open. You may say no, and then you type the name of the street. Nothing of it is kept once the search is done.",
  "Old maps show a village where the lake is now. In dry summers the top of the chapel can be seen. Divers have brought up a bell, a plough and one hundred and four bottles.",
  "Anybody may speak for three minutes. The list is closed when the first speaker begins. Whoever talks for longer is thanked by the clerk with a small brass bell.",
  "| Week | Loaves | Left over |\n|---|---|---|\n| 14 | 1310 | 42 |\n| 15 | 1288 | 17 |\n| 16 | 1405 | 63 |",
  "A beekeeper may not sell what was gathered within three kilometres of the works. The limit was set after lead had been found in two samples. It is looked at anew in five years.",
  "Snow loads are reckoned at four hundred kilograms a square metre above a height of one thousand. Flat roofs have to be cleared when half of that has come down. The fire brigade lends shovels.",
  "She signs with green ink and always on the left. Letters with a signature in blue are forgeries, or else from the winter of the strike, when no green ink could be had.",
  "If the box does not open, press the lid down while you turn the key. Should the key turn freely, the spring is broken. Send us a photograph of the number on the bottom, and a new spring comes by mail.",
  "The cheese is turned daily for the first two weeks and rubbed with brine. Then it lies still. After nine months the rind sounds hollow when it is knocked, and the cellar master marks it with a leaf.",
  "Crossing the pass on foot takes two days with a guide. There is a shelter half way, without a stove. In the register there one can read that the poet turned back twice, and the general once.",
  "The committee thanks all who wrote. It could not answer each of the four thousand letters. It has read them, weighed them, and gone back to the first draft.",
  "### After the exam\n\nPapers are marked by two people who do not know each other's marks. Where they differ by more than one, a third decides. You may look at your paper within four weeks.",
  "The ferry takes cars on the lower deck, with the engine off and the brake on. Please leave a hand's width between bumpers. Drivers of trucks are called up first.",
  "Rust is best removed with patience, a brass brush and tea. Acid is faster and takes some of the iron along. Dry the part at once, and oil it the same evening.",
  "No photograph of the founder exists. The portrait in the hall was painted from the face of his brother, who complained about the nose for the rest of his life.",
  "The reserve was opened to walkers in the year after the fence had come down. Paths are marked with white stones. Between April and July the eastern one is closed, because terns breed on it.",
  "Fill in the form with capital letters. Leave the grey fields empty. A copy of the lease is enough, and the original stays with you whatever you may be told at the counter.",
  "Half of the seats are sold by subscription, a quarter at the box office, and the rest by lot among the pupils of the town. Unclaimed ones are given away at ten minutes to eight.",
];

export const OTHER_CODE: readonly string[] = [
  `from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class Lease:
    tenant: str
    rent: float
    begins: date
    ends: date | None = None
    deposits: list[float] = field(default_factory=list)

    def is_running(self, day: date) -> bool:
        if day < self.begins:
            return False
        return self.ends is None or day <= self.ends

    def owed(self, day: date) -> float:
        """Rent from the beginning to a day, less what was paid in."""
        months = (day.year - self.begins.year) * 12 + day.month - self.begins.month
        return max(0.0, months * self.rent - sum(self.deposits))


class Ledger:
    def __init__(self, leases):
        self._leases = {lease.tenant: lease for lease in leases}

    def pay(self, tenant, amount):
        lease = self._leases.get(tenant)
        if lease is None:
            raise KeyError(f"no lease of {tenant}")
        if amount <= 0:
            raise ValueError("a payment is more than nothing")
        lease.deposits.append(amount)

    def late(self, day, limit=2):
        return sorted(
            (lease for lease in self._leases.values() if lease.owed(day) > limit * lease.rent),
            key=lambda lease: lease.owed(day),
            reverse=True,
        )


def weeks(first, last):
    day = first - timedelta(days=first.weekday())
    while day <= last:
        yield day
        day += timedelta(days=7)


def read_meter(lines):
    total = 0
    for line in lines:
        name, _, value = line.partition("=")
        if not value.strip().isdigit():
            continue
        print(name.strip(), value.strip())
        total += int(value)
    return total`,
  `package tide

import (
	"errors"
	"math"
	"sort"
	"time"
)

var ErrNoConstants = errors.New("tide: no constants for this port")

type Constant struct {
	Name      string
	Amplitude float64
	Phase     float64
	Speed     float64
}

type Port struct {
	Name      string
	Zero      float64
	Constants []Constant
}

// HeightAt tells the height of the water, without wind.
func (p *Port) HeightAt(t time.Time) (float64, error) {
	if len(p.Constants) == 0 {
		return 0, ErrNoConstants
	}
	hours := float64(t.Unix()) / 3600
	height := p.Zero
	for _, c := range p.Constants {
		angle := (c.Speed*hours - c.Phase) * math.Pi / 180
		height += c.Amplitude * math.Cos(angle)
	}
	return height, nil
}

func (p *Port) Largest(n int) []Constant {
	sorted := append([]Constant(nil), p.Constants...)
	sort.Slice(sorted, func(i, j int) bool {
		return sorted[i].Amplitude > sorted[j].Amplitude
	})
	if n > len(sorted) {
		n = len(sorted)
	}
	return sorted[:n]
}

func Highs(p *Port, from, to time.Time, step time.Duration) []time.Time {
	var highs []time.Time
	before, last := math.Inf(-1), math.Inf(-1)
	for t := from; t.Before(to); t = t.Add(step) {
		height, err := p.HeightAt(t)
		if err != nil {
			return nil
		}
		if last > before && last >= height {
			highs = append(highs, t.Add(-step))
		}
		before, last = last, height
	}
	return highs
}`,
];
