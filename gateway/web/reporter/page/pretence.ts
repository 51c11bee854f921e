// What a visit with a decoy pretends (cover.ts): drawn at random, as people read, fill in and write. No page here.

export interface Pretence {
  readonly readSeconds: number; // until a report would be begun
  readonly fillSeconds: number; // from then until it would be sent
  readonly narrativeBytes: number;
}

const chance = 1 / 4;

// Log-normal, as times that people take and lengths of what they write are: the median, the standard
// deviation of the logarithm, and the bounds. With an idle page's ten minutes more than half come to an end.
const reading = { median: 45, deviation: 0.6, least: 10, most: 240 };
const filling = { median: 360, deviation: 0.5, least: 90, most: 1800 };
const writing = { median: 1200, deviation: 1.2, least: 0, most: 60_000 }; // one in sixty is of a larger size class

/** From 0, which is excluded, to 1. */
export type Random = () => number;

function draw({ median, deviation, least, most }: typeof reading, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()); // Box and Muller
  return Math.min(Math.max(median * Math.exp(deviation * normal), least), most);
}

/** Undefined: no decoy in this visit. */
export function pretence(random: Random): Pretence | undefined {
  if (random() > chance) return undefined;
  return { readSeconds: draw(reading, random), fillSeconds: draw(filling, random), narrativeBytes: Math.round(draw(writing, random)) };
}
