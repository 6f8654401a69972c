/** A line of two texts beside each other; null where one of them has none. */
export interface DiffRow {
  before: { number: number; text: string } | null;
  after: { number: number; text: string } | null;
  same: boolean;
}

/** Two texts line by line, what is the same beside each other, and what was changed as well as can be. */
export function diffRows(before: string, after: string): DiffRow[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const rows: DiffRow[] = [];
  let [left, right] = [0, 0];
  const take = (removed: number, added: number) => {
    for (let index = 0; index < Math.max(removed, added); index++) {
      rows.push({
        before: index < removed ? { number: left + index + 1, text: old[left + index]! } : null,
        after: index < added ? { number: right + index + 1, text: now[right + index]! } : null,
        same: false,
      });
    }
    left += removed;
    right += added;
  };
  const keep = (count: number) => {
    for (let index = 0; index < count; index++, left++, right++) rows.push({ before: { number: left + 1, text: old[left]! }, after: { number: right + 1, text: now[right]! }, same: true });
  };
  keep(start);
  for (const [oldAt, nowAt] of commonLines(old.slice(start, old.length - end), now.slice(start, now.length - end))) {
    take(oldAt + start - left, nowAt + start - right);
    keep(1);
  }
  take(old.length - end - left, now.length - end - right);
  keep(end);
  return rows;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const cellsMax = 4_000_000;

/** The longest sequence of lines that both have, as pairs of places. Texts that are too long to be compared so have none. */
function commonLines(old: readonly string[], now: readonly string[]): [number, number][] {
  if (old.length * now.length > cellsMax) return [];
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let one = old.length - 1; one >= 0; one--) {
    for (let other = now.length - 1; other >= 0; other--) {
      lengths[one * width + other] = old[one] === now[other] ? lengths[(one + 1) * width + other + 1]! + 1 : Math.max(lengths[(one + 1) * width + other]!, lengths[one * width + other + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let one = 0, other = 0; one < old.length && other < now.length;) {
    if (old[one] === now[other]) pairs.push([one++, other++]);
    else if (lengths[(one + 1) * width + other]! >= lengths[one * width + other + 1]!) one++;
    else other++;
  }
  return pairs;
}
