import { Scalar, stringify, type CST, type Node, type Pair, type YAMLSeq } from 'yaml';
import { columnOf, isFirstOnLine, lineEnd, lineStart } from './text';

const plain = { lineWidth: 0, indent: 2 } as const;

/** A list in block style, cut into its items: each with the comments above it and the empty lines below. */
export interface Pieces {
  texts: string[];
  dashes: number[];
  column: number;
  from: number;
  to: number;
  /** Where the last item's own text ends. */
  contentTo: number;
  /** The first item stands behind something else on its line. */
  isInline: boolean;
}

export function piecesOf(text: string, list: YAMLSeq): Pieces {
  const token = list.srcToken as CST.BlockSequence;
  const dashes = token.items.flatMap(item => item.start.filter(each => each.type === 'seq-item-ind').map(each => each.offset));
  const ends = list.items.map((item, index) => Math.max((item as Node | null)?.range?.[1] ?? 0, dashes[index]! + 1));
  const isInline = !isFirstOnLine(text, dashes[0]!);
  const column = columnOf(text, dashes[0]!);
  const starts = dashes.map((dash, index) => (index === 0 && isInline ? dash : commentsAbove(text, lineStart(text, dash), index === 0 ? 0 : ends[index - 1]!, column)));
  const lastEnd = ends.at(-1)!;
  const contentTo = text[lastEnd - 1] === '\n' ? lastEnd - 1 : lastEnd;
  const to = text[lastEnd - 1] === '\n' ? lastEnd : Math.min(lineEnd(text, lastEnd) + 1, text.length);
  const texts = starts.map((start, index) => (index === 0 && isInline ? ' '.repeat(column) : '') + text.slice(start, starts[index + 1] ?? to));
  return { texts, dashes, column, from: starts[0]!, to, contentTo, isInline };
}

/** The first of the lines of comments that stand right above, at the items' own column. */
function commentsAbove(text: string, start: number, after: number, column: number): number {
  for (let at = start; ;) {
    const above = at === 0 ? -1 : lineStart(text, at - 1);
    if (above <= after - 1 || above < 0) return at;
    const line = text.slice(above, at - 1);
    if (!line.trimStart().startsWith('#') || line.indexOf('#') !== column) return at;
    at = above;
  }
}

/** Where the text of a pair's value ends, or that of its key when it has none. */
export const contentEnd = (pair: Pair<Node, Node | null>): number => Math.max(pair.value?.range?.[1] ?? 0, pair.key.range![1] + (pair.value === null ? 0 : 1));

const isJson = (document: string): boolean => /^\s*[{[]/.test(document);

/** A value as YAML in as many lines as it needs; within flow, or in a document of JSON, in one. */
export function valueText(value: unknown, document: string, flow = false): string {
  if (isJson(document)) return JSON.stringify(value);
  if (!flow) return stringify(value, plain).trimEnd();
  return stringify([value], { ...plain, collectionStyle: 'flow' }).trim().replace(/^\[\s*|\s*\]$/g, '');
}

export function pairText(key: string, value: unknown, document: string, flow: boolean): string {
  if (isJson(document)) return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  return flow ? `${valueText(key, document, true)}: ${valueText(value, document, true)}` : stringify({ [key]: value }, plain).trimEnd();
}

/** A list's one item in block style, dash and all. */
export const itemText = (value: unknown): string => stringify([value], plain).trimEnd();

/** A value in one line, quoted as it was before; several lines as a block below a key at this column. */
export function scalarText(value: unknown, type: Scalar.Type | undefined, column: number): string {
  if (typeof value !== 'string') return stringify(value, plain).trimEnd();
  if (value.includes('\n')) return stringify({ a: value }, plain).trimEnd().slice('a: '.length).replaceAll('\n', `\n${' '.repeat(column)}`);
  const scalar = new Scalar(value);
  if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) scalar.type = type;
  return stringify(scalar, plain).trimEnd();
}
