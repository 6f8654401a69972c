/** One replacement in a text; positions are those of the text before it. */
export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** Changes must not overlap and stand in their order. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let [result, at] = ['', 0];
  for (const { from, to, insert } of changes) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

/** The smallest one change that makes one text another: what stands around it keeps its place. */
export function changeBetween(before: string, after: string): TextChange[] {
  if (before === after) return [];
  let from = 0;
  while (from < before.length && before[from] === after[from]) from++;
  let [to, end] = [before.length, after.length];
  while (to > from && end > from && before[to - 1] === after[end - 1]) {
    to--;
    end--;
  }
  return [{ from, to, insert: after.slice(from, end) }];
}

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Where the line's own break stands, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

/** Nothing but spaces stands before it on its line. */
export const isFirstOnLine = (text: string, offset: number): boolean => /^ *$/.test(text.slice(lineStart(text, offset), offset));

export const indented = (text: string, columns: number): string => text.split('\n').map(line => (line === '' ? line : ' '.repeat(columns) + line)).join('\n');
