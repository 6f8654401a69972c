import { isCollection, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { contentEnd, itemText, pairText, piecesOf, scalarText, valueText } from './pieces';
import { applyChanges, columnOf, indented, isFirstOnLine, lineEnd, lineStart } from './text';
import { isFlow, nodeAt, pairOf, readDocument, samePath, valueOf, type DocumentPath } from './yaml-document';

// Every edit answers the text with a few places of it replaced: what somebody wrote, their comments, quotes and empty lines, stays byte for byte.

/** The value at this path becomes this one; undefined takes it away. What cannot be done (the path goes through an alias) leaves the text as it is. */
export function setIn(text: string, path: DocumentPath, value: unknown): string {
  const document = readDocument(text);
  if (document.contents === null) return value === undefined ? text : `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${valueText(nested(path, value), text)}\n`;
  let node: Node | null = document.contents;
  for (let index = 0; index < path.length; index++) {
    const [part, rest] = [path[index]!, path.slice(index + 1)];
    if (isMap(node) && typeof part === 'string') {
      const pair = pairOf(node, part);
      if (pair === undefined) return value === undefined ? text : addPair(text, node, part, nested(rest, value));
      const isEmpty = pair.value === null || (isScalar(pair.value) && pair.value.value === null);
      if (rest.length === 0) return value === undefined ? removePair(text, node, pair) : replaceValue(text, node, pair, value);
      if (isEmpty) return value === undefined ? text : replaceValue(text, node, pair, nested(rest, value));
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number' && part < node.items.length) {
      if (rest.length === 0) return value === undefined ? removeItem(text, path) : replaceNode(text, node.items[part] as Node, value, isFlow(node));
      node = node.items[part] as Node;
    } else {
      return text;
    }
  }
  return text;
}

/** Puts an item into the list at this path, which is made when it is not there. Written says how it is written already, dash and all. */
export function insertItem(text: string, listPath: DocumentPath, index: number, value: unknown, written?: string): string {
  const list = nodeAt(readDocument(text), listPath);
  if (!isSeq(list)) return setIn(text, listPath, [value]);
  if (list.items.length === 0) return fillEmpty(text, list, value, written);
  if (isFlow(list)) {
    const item = valueText(value, text, true);
    if (index < list.items.length) return splice(text, (list.items[index] as Node).range![0], 0, `${item}, `);
    return splice(text, (list.items.at(-1) as Node).range![1], 0, `, ${item}`);
  }
  const pieces = piecesOf(text, list);
  const added = indented(written ?? itemText(value), pieces.column);
  return rewritten(text, pieces, [...pieces.texts.slice(0, index), `${added}\n`, ...pieces.texts.slice(index)]);
}

export function removeItem(text: string, path: DocumentPath): string {
  const [listPath, index] = [path.slice(0, -1), path.at(-1) as number];
  const list = nodeAt(readDocument(text), listPath);
  if (!isSeq(list) || list.items[index] === undefined) return text;
  if (isFlow(list)) {
    const ranges = list.items.map(item => (item as Node).range!);
    if (index + 1 < ranges.length) return splice(text, ranges[index]![0], ranges[index + 1]![0] - ranges[index]![0], '');
    const from = index > 0 ? ranges[index - 1]![1] : ranges[0]![0];
    return splice(text, from, ranges[index]![1] - from, '');
  }
  const pieces = piecesOf(text, list);
  if (pieces.texts.length === 1) return splice(text, pieces.dashes[0]!, pieces.contentTo - pieces.dashes[0]!, '[]');
  return rewritten(text, pieces, pieces.texts.filter((_, each) => each !== index));
}

/** Gives an item of a list another place in it; its comments go along. */
export function moveItem(text: string, listPath: DocumentPath, from: number, to: number): string {
  const list = nodeAt(readDocument(text), listPath);
  if (!isSeq(list) || list.items[from] === undefined || list.items[to] === undefined || from === to) return text;
  if (isFlow(list)) {
    const slices = list.items.map(item => text.slice((item as Node).range![0], (item as Node).range![1]));
    const order = moved(slices, from, to);
    return applyChanges(text, list.items.map((item, index) => ({ from: (item as Node).range![0], to: (item as Node).range![1], insert: order[index]! })));
  }
  const pieces = piecesOf(text, list);
  return rewritten(text, pieces, moved(pieces.texts, from, to));
}

/** Takes an item out of its list and puts it into another one, as it is written and with the comments above it. */
export function transferItem(text: string, path: DocumentPath, listPath: DocumentPath, index: number): string {
  const [from, at] = [path.slice(0, -1), path.at(-1) as number];
  if (samePath(from, listPath)) return moveItem(text, from, at, index > at ? index - 1 : index);
  if (samePath(listPath.slice(0, path.length), path)) return text;
  const list = nodeAt(readDocument(text), from);
  if (!isSeq(list)) return text;
  const added = insertItem(text, listPath, index, valueAt(text, path), isFlow(list) ? undefined : writtenItem(text, list, at));
  // An item that came in before it has moved it, or what it stands in, by one.
  const depth = listPath.length;
  const place = path[depth];
  const isMoved = samePath(path.slice(0, depth), listPath) && typeof place === 'number' && place >= index;
  return removeItem(added, isMoved ? [...path.slice(0, depth), place + 1, ...path.slice(depth + 1)] : path);
}

function writtenItem(text: string, list: YAMLSeq, index: number): string {
  const { texts, column } = piecesOf(text, list);
  return texts[index]!.trimEnd().split('\n').map(line => line.slice(Math.min(column, /^ */.exec(line)![0].length))).join('\n');
}

/** The value at a path; undefined when there is none. */
export function valueAt(text: string, path: DocumentPath): unknown {
  const document = readDocument(text);
  const node = nodeAt(document, path);
  return node === null ? undefined : valueOf(document, node);
}

const splice = (text: string, from: number, length: number, insert: string): string => text.slice(0, from) + insert + text.slice(from + length);

function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}

const nested = (path: DocumentPath, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }), value);

/** The list's lines, with these pieces in place of those that were there. A list within the line of another one's dash begins behind it. */
function rewritten(text: string, pieces: ReturnType<typeof piecesOf>, texts: readonly string[]): string {
  const lines = texts.map((piece, index) => (index < texts.length - 1 && !piece.endsWith('\n') ? `${piece}\n` : piece)).join('');
  const atEnd = text.length === pieces.to;
  const body = pieces.isInline ? lines.replace(/^ +/, '') : lines;
  const kept = atEnd && !text.endsWith('\n') ? body.replace(/\n$/, '') : body.endsWith('\n') ? body : `${body}\n`;
  return splice(text, pieces.from, pieces.to - pieces.from, kept);
}

function fillEmpty(text: string, list: YAMLSeq, value: unknown, written = itemText(value)): string {
  const [from, to] = list.range!;
  const isWithinFlow = /^\s*[[{]/.test(text) || /[{,[][^\n]*$/.test(text.slice(lineStart(text, from), from));
  if (isWithinFlow) return splice(text, from, to - from, `[${valueText(value, text, true)}]`);
  if (isFirstOnLine(text, from)) return splice(text, from, to - from, indented(written, columnOf(text, from)).trimStart());
  const column = /^ *(- +)*/.exec(text.slice(lineStart(text, from), from))![0].length + 2;
  return splice(text.slice(0, from).trimEnd() + text.slice(to), text.slice(0, from).trimEnd().length, 0, `\n${indented(written, column)}`);
}

function addPair(text: string, map: YAMLMap, key: string, value: unknown): string {
  if (isFlow(map)) {
    const pair = pairText(key, value, text, true);
    const last = map.items.at(-1);
    if (last === undefined) return splice(text, map.range![0], map.range![1] - map.range![0], text.trimStart().startsWith('{') && /^\s*\{\s*"/.test(text) ? `{${pair}}` : `{ ${pair} }`);
    return splice(text, contentEnd(last as Pair<Node, Node | null>), 0, `, ${pair}`);
  }
  const column = columnOf(text, (map.items[0]!.key as Node).range![0]);
  const lines = indented(pairText(key, value, text, false), column);
  // A step is known by its id: it comes first.
  if (key === 'id') return splice(text, (map.items[0]!.key as Node).range![0], 0, `${lines.trimStart()}\n${' '.repeat(column)}`);
  const end = contentEnd(map.items.at(-1) as Pair<Node, Node | null>);
  const at = text[end - 1] === '\n' ? end : lineEnd(text, end) + 1;
  return at > text.length ? `${text}\n${lines}` : splice(text, at, 0, `${lines}\n`);
}

function removePair(text: string, map: YAMLMap, pair: Pair<Node, Node | null>): string {
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1];
  const from = pair.key.range![0];
  if (isFlow(map)) {
    if (next !== undefined) return splice(text, from, (next.key as Node).range![0] - from, '');
    const start = index > 0 ? contentEnd(map.items[index - 1] as Pair<Node, Node | null>) : from;
    return splice(text, start, contentEnd(pair) - start, '');
  }
  const end = contentEnd(pair);
  const stop = text[end - 1] === '\n' ? end : Math.min(lineEnd(text, end) + 1, text.length);
  if (isFirstOnLine(text, from)) {
    if (map.items.length === 1) return splice(text, from, end - from, '{}');
    return splice(text, lineStart(text, from), stop - lineStart(text, from), '');
  }
  // It shares its line with a dash: the next one comes up to it.
  if (next === undefined) return splice(text, from, (text[end - 1] === '\n' ? end - 1 : end) - from, '{}');
  return splice(text, from, (next.key as Node).range![0] - from, '');
}

function replaceValue(text: string, map: YAMLMap, pair: Pair<Node, Node | null>, value: unknown): string {
  const old = pair.value;
  const isNull = old === null || (isScalar(old) && old.value === null && old.range![0] === old.range![1]);
  if (!isNull) return replaceNode(text, old, value, isFlow(map), columnOf(text, pair.key.range![0]));
  const colon = text.indexOf(':', pair.key.range![1]);
  const isBare = colon < 0 || colon > lineEnd(text, pair.key.range![1]);
  const at = isBare ? pair.key.range![1] : colon + 1;
  const column = columnOf(text, pair.key.range![0]);
  const inner = isFlow(map) || !isCollectionValue(value) ? ` ${isFlow(map) ? valueText(value, text, true) : scalarText(value, undefined, column)}` : `\n${indented(valueText(value, text), column + 2)}`;
  const rest = /^ */.exec(text.slice(at))![0].length;
  return spliceValue(text, at, rest, `${isBare ? ':' : ''}${inner}`);
}

const isCollectionValue = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** Column: of the key that it belongs to; that of the line's own beginning when it belongs to none. */
function replaceNode(text: string, node: Node, value: unknown, withinFlow: boolean, column = columnOf(text, node.range![0]) - 2): string {
  const from = node.range![0];
  const to = text[node.range![1] - 1] === '\n' ? node.range![1] - 1 : node.range![1];
  if (withinFlow || (isCollection(node) && isFlow(node) && isCollectionValue(value))) return splice(text, from, to - from, valueText(value, text, true));
  if (!isCollectionValue(value)) return spliceValue(text, from, to - from, scalarText(value, isScalar(node) ? (node.type) : undefined, column));
  if (isCollection(node)) return splice(text, from, to - from, indented(valueText(value, text), columnOf(text, from)).trimStart());
  const start = text.slice(0, from).trimEnd().length;
  return spliceValue(text, start, to - start, `\n${indented(valueText(value, text), column + 2)}`);
}

/** A comment behind the value stays on the line where the value begins: behind a text of several lines it would be text. */
function spliceValue(text: string, from: number, length: number, written: string): string {
  const comment = /^[ \t]*#[^\n]*/.exec(text.slice(from + length))?.[0];
  const end = written.indexOf('\n');
  if (comment === undefined) return splice(text, from, length, written);
  if (end < 0) return splice(text, from, length, comment.startsWith('#') ? `${written} ` : written);
  return splice(text, from, length + comment.length, `${written.slice(0, end)} ${comment.trim()}${written.slice(end)}`);
}
