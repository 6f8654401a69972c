/** Monday first, as a week is drawn; the hub's days by their short names. */
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const dayTitles = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const hoursOfWeek = 7 * 24;

/** A bandwidth for each hour of the week, Monday 00:00 first: "off" or bytes a second with a unit. */
export type Week = readonly string[];

export const unlimited: Week = Array.from({ length: hoursOfWeek }, () => 'off');

const ratePattern = /^(off|0|\d+(\.\d+)?[bkmgt])(:(off|0|\d+(\.\d+)?[bkmgt]))?$/i;

/** Why this cannot be painted with; undefined when it can. */
export const rateProblem = (rate: string): string | undefined =>
  ratePattern.test(rate) ? undefined : "Bytes a second with their unit, such as '500K', '10M' or '10M:1M' (up:down), or 'off'.";

/** "10 MB/s", "no limit". */
export function rateText(rate: string): string {
  const [up = 'off', down] = rate.split(':');
  return down === undefined ? oneRate(up) : `${oneRate(up)} up, ${oneRate(down)} down`;
}

function oneRate(rate: string): string {
  if (isUnlimited(rate)) return 'no limit';
  const unit = rate.slice(-1).toUpperCase();
  return `${rate.slice(0, -1)} ${unit === 'B' ? 'B' : `${unit}iB`}/s`;
}

export const isUnlimited = (rate: string): boolean => /^(off|0)(:(off|0))?$/i.test(rate);

/** The week that a text means; null when it is no timetable of whole hours, which can only be edited as text. */
export function weekOf(text: string): Week | null {
  const words = text.trim().split(/\s+/).filter(word => word !== '');
  if (words.length === 0) return unlimited;
  if (words.length === 1 && !words[0]!.includes(',')) return ratePattern.test(words[0]!) ? Array.from({ length: hoursOfWeek }, () => words[0]!) : null;
  const entries = new Map<number, { rate: string; isOfDay: boolean }>();
  for (const word of words) {
    const [, day, hour, rate] = /^(?:([a-z]+)-)?(\d{1,2}):00,(\S+)$/i.exec(word) ?? [];
    if (hour === undefined || rate === undefined || Number(hour) > 23 || !ratePattern.test(rate)) return null;
    const only = day === undefined ? null : days.findIndex(name => name === day.toLowerCase().slice(0, 3));
    if (only === -1) return null;
    for (const index of only === null ? days.keys() : [only]) {
      const at = index * 24 + Number(hour);
      if (only !== null || !entries.get(at)?.isOfDay) entries.set(at, { rate, isOfDay: only !== null });
    }
  }
  // An entry holds until the next one; before the first of the week the last one still holds.
  const last = entries.get(Math.max(...entries.keys()))!;
  let current = last.rate;
  return Array.from({ length: hoursOfWeek }, (_, at) => (current = entries.get(at)?.rate ?? current));
}

/** The shortest text that means the week: one rate, hours of every day, or hours of single days. Empty when nothing is bounded. */
export function textOf(week: Week): string {
  if (week.every(rate => isUnlimited(rate))) return '';
  if (week.every(rate => rate === week[0])) return week[0]!;
  const monday = week.slice(0, 24);
  const isDaily = days.every((_, day) => monday.every((rate, hour) => week[day * 24 + hour] === rate));
  if (isDaily) {
    return monday.flatMap((rate, hour) => (rate === monday[(hour + 23) % 24] ? [] : [`${two(hour)}:00,${rate}`])).join(' ');
  }
  return week.flatMap((rate, at) => (rate === week[(at + hoursOfWeek - 1) % hoursOfWeek] ? [] : [`${days[Math.floor(at / 24)]}-${two(at % 24)}:00,${rate}`])).join(' ');
}

/** The rectangle between two hours gets the rate. */
export function painted(week: Week, from: number, to: number, rate: string): Week {
  const inside = rectangle(from, to);
  return week.map((old, at) => (inside(at) ? rate : old));
}

/** Whether an hour lies in the rectangle between two others. */
export function rectangle(from: number, to: number): (at: number) => boolean {
  const [firstDay, lastDay] = [Math.min(dayOf(from), dayOf(to)), Math.max(dayOf(from), dayOf(to))];
  const [firstHour, lastHour] = [Math.min(from % 24, to % 24), Math.max(from % 24, to % 24)];
  return at => dayOf(at) >= firstDay && dayOf(at) <= lastDay && at % 24 >= firstHour && at % 24 <= lastHour;
}

/** The rates of a week, the least first; no limit is the last. */
export function ratesOf(week: Week): string[] {
  return [...new Set(week.map(rate => (isUnlimited(rate) ? 'off' : rate)))].sort((a, b) => bytesOf(a) - bytesOf(b));
}

function bytesOf(rate: string): number {
  const [up = ''] = rate.split(':');
  if (isUnlimited(up)) return Number.POSITIVE_INFINITY;
  return Number(up.slice(0, -1)) * 1024 ** 'BKMGT'.indexOf(up.slice(-1).toUpperCase());
}

/** "Monday 08:00–09:00". */
export const hourTitle = (at: number): string => `${dayTitles[dayOf(at)]} ${two(at % 24)}:00–${two((at % 24) + 1)}:00`;

const dayOf = (at: number): number => Math.floor(at / 24);
const two = (value: number): string => String(value).padStart(2, '0');

/** How dark an hour is drawn: the tighter, the darker; what is not in the week yet has no colour. */
export function bandOf(rate: string, rates: readonly string[]): string {
  if (isUnlimited(rate)) return 'off';
  const bounded = rates.filter(each => !isUnlimited(each));
  const index = bounded.indexOf(rate);
  return index < 0 ? 'new' : String(Math.min(4, 1 + index));
}
