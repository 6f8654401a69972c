import { isUnlimited, rateText, ratesOf, weekOf } from '../limits/timetable';

/** The limits of an endpoint in a few words each; empty when it has none. */
export function limitWords(limits: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  const bandwidth = limits.bandwidth;
  if (bandwidth !== undefined && bandwidth !== '') {
    const week = weekOf(bandwidth);
    const rates = week === null ? null : ratesOf(week).filter(rate => !isUnlimited(rate));
    if (rates === null) words.push('bandwidth by timetable');
    else if (rates.length === 1 && week!.every(rate => rate === rates[0])) words.push(rateText(rates[0]!));
    else if (rates.length > 0) words.push(`from ${rateText(rates[0]!)}, by timetable`);
  }
  if (limits.transfers !== undefined) words.push(limits.transfers === '1' ? '1 transfer at once' : `${limits.transfers} transfers at once`);
  if (limits.connections !== undefined) words.push(limits.connections === '1' ? '1 file at once' : `${limits.connections} files at once`);
  if (limits.priority !== undefined && limits.priority !== 'normal') words.push(`${limits.priority} priority`);
  return words;
}
