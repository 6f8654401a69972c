/** How much of the calendar is seen at once. */
export const spans = ['day', 'week', 'month'] as const;
export type Span = (typeof spans)[number];

interface Timetable {
  trigger_id: string;
  plan: string;
  watches: string;
  in_words: string | null;
  times: readonly string[];
  is_cut: boolean;
}

/** What one schedule does on one day. */
export interface Entry {
  trigger: string;
  plan: string;
  /** "Every day at 06:00 (Europe/Berlin)". */
  words: string;
  times: Date[];
}

const dayStart = (date: Date): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate());

// Days are counted by the calendar, not by hours: some have 23 of them, and some 25.
export const plusDays = (date: Date, days: number): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

const mondayOf = (date: Date): Date => plusDays(dayStart(date), -((date.getDay() + 6) % 7));

/** The days that are shown: one, seven from this one on, or the whole weeks of a month. */
export function daysOf(span: Span, date: Date): Date[] {
  const first = span === 'month' ? mondayOf(new Date(date.getFullYear(), date.getMonth(), 1)) : dayStart(date);
  const last = span === 'month' ? new Date(date.getFullYear(), date.getMonth() + 1, 0) : null;
  const count = span === 'day' ? 1 : span === 'week' ? 7 : Math.ceil((Math.round((last!.getTime() - first.getTime()) / 86_400_000) + 1) / 7) * 7;
  return Array.from({ length: count }, (_, index) => plusDays(first, index));
}

/** One span on, or back. */
export function moved(span: Span, date: Date, by: 1 | -1): Date {
  return span === 'month' ? new Date(date.getFullYear(), date.getMonth() + by, 1) : plusDays(date, by * (span === 'week' ? 7 : 1));
}

/** "2026-11-21", of the reader's own zone: how a day stands in the address. */
export const dayText = (date: Date): string => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;

/** The same read back; today when it is no day. */
export function dayFrom(text: string | undefined, today: Date): Date {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '') ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return Number.isNaN(date.getTime()) ? dayStart(today) : date;
}

/** What runs on each of these days, the earliest first. Schedules that run too often for a calendar are told apart from the others. */
export function entriesOf(timetables: readonly Timetable[], days: readonly Date[]): { byDay: Entry[][]; often: Timetable[] } {
  const places = new Map(days.map((day, index) => [dayText(day), index]));
  const byDay: Entry[][] = days.map(() => []);
  const often = timetables.filter(each => each.is_cut);
  for (const { trigger_id: trigger, plan, watches, in_words: words, times } of timetables.filter(each => !each.is_cut)) {
    const found = new Map<number, Entry>();
    for (const text of times) {
      const time = new Date(text);
      const place = places.get(dayText(time));
      if (place === undefined) continue;
      const entry = found.get(place) ?? { trigger, plan, words: words ?? watches, times: [] };
      entry.times.push(time);
      found.set(place, entry);
    }
    for (const [place, entry] of found) byDay[place]!.push(entry);
  }
  for (const entries of byDay) entries.sort((one, other) => one.times[0]!.getTime() - other.times[0]!.getTime() || one.plan.localeCompare(other.plan));
  return { byDay, often };
}

/** "06:00", "06:00, 18:00", "24 times from 00:00". */
export function timesText(times: readonly Date[]): string {
  const clock = (time: Date) => `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
  return times.length > 3 ? `${times.length} times from ${clock(times[0]!)}` : times.map(clock).join(', ');
}

/** "November 2026", "16 – 22 November 2026", "Saturday, 21 November 2026". */
export function titleOf(span: Span, days: readonly Date[], date: Date): string {
  const text = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options);
  if (span === 'month') return text({ month: 'long', year: 'numeric' }).format(date);
  if (span === 'day') return text({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(date);
  return text({ day: 'numeric', month: 'long', year: 'numeric' }).formatRange(days[0]!, days.at(-1)!);
}
