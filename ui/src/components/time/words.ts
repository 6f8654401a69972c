// One of them takes as long as a row of a list: they are made once.
const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const countFormat = new Intl.NumberFormat('en');
const dayOfYearFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** "1.2 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function durationText(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < second) return `${Math.round(length)} ms`;
  if (length < 10 * second) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < hour) return pair(length, minute, 'min', second, 's');
  if (length < day) return pair(length, hour, 'h', minute, 'min');
  return pair(length, day, 'd', hour, 'h');
}

function pair(length: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((length % large) / small);
  return `${Math.floor(length / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** "just now", "5 min ago", "in 2 h", and the day when it is further away than a week. */
export function relativeText(time: number, now: number): string {
  const distance = Math.abs(time - now);
  // Clocks differ a little, and this page's ticks once a second.
  if (distance < 10 * second) return time > now + 2 * second ? 'in a moment' : 'just now';
  if (distance >= 7 * day) return dayText(time, now);
  const [count, unit] = distance < minute ? [Math.floor(distance / second), 's'] : distance < hour ? [Math.floor(distance / minute), 'min']
    : distance < day ? [Math.floor(distance / hour), 'h'] : [Math.floor(distance / day), 'd'];
  return time > now ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

function dayText(time: number, now: number): string {
  const [then, today] = [new Date(time), new Date(now)];
  return (then.getFullYear() === today.getFullYear() ? dayOfYearFormat : dayFormat).format(then);
}

/** To the second, in the reader's zone, with its name. */
export const exactText = (time: number | string): string => exactFormat.format(new Date(time));

/** A sentence of the hub's, which says times in UTC, with the reader's. */
export const inOwnZone = (sentence: string): string =>
  sentence.replace(/(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC/g, (_, day: string, time: string) => exactText(`${day}T${time}Z`));

/** The time of day, with milliseconds: for lines of a log. */
export const clockText = (time: number | string): string => {
  const at = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
};

/** "1.4 GB": of 1,000, as disks and rates are sold. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export const countText = (count: number): string => countFormat.format(count);

/** "1 file", "2 files". */
export const plural = (count: number, one: string, many = `${one}s`): string => `${countText(count)} ${count === 1 ? one : many}`;
