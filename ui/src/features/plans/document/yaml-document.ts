import { isMap, isScalar, isSeq, parseDocument, type Document, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { hideReferences, showReferences, shownValue } from './bare-references';

/** Where something stands in a plan: names of members and numbers of items. */
export type DocumentPath = readonly (string | number)[];

/** Reads what can be read: a text that somebody is typing is hardly ever whole. */
export const readDocument = (text: string): Document.Parsed =>
  parseDocument(hideReferences(text), { keepSourceTokens: true, uniqueKeys: false, prettyErrors: false, logLevel: 'silent', strict: false });

/** What a key says, "" when it is no plain one. */
export function keyText(key: unknown): string {
  const value = isScalar(key) ? key.value : key;
  return typeof value === 'string' ? showReferences(value) : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export const pairOf = (map: YAMLMap, key: string): Pair<Node, Node | null> | undefined => map.items.find(item => keyText(item.key) === key) as Pair<Node, Node | null> | undefined;

export const memberOf = (node: unknown, key: string): Node | null => (isMap(node) ? pairOf(node, key)?.value ?? null : null);

/** The node at a path; null when there is none. */
export function nodeAt(document: Document.Parsed, path: DocumentPath): Node | null {
  let node: Node | null = document.contents;
  for (const part of path) {
    if (isMap(node) && typeof part === 'string') node = memberOf(node, part);
    else if (isSeq(node) && typeof part === 'number') node = (node.items[part] as Node | undefined) ?? null;
    else return null;
  }
  return node;
}

/** A node as a value. */
export const valueOf = (document: Document.Parsed, node: Node): unknown => shownValue(node.toJS(document));

export const isFlow = (node: YAMLMap | YAMLSeq): boolean => node.flow === true;

/** "steps[2].then[0]": as the hub names places of a plan. */
export const pathText = (path: DocumentPath): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');

/** The same read back. */
export const pathFrom = (text: string): DocumentPath =>
  [...text.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(match => (match[2] === undefined ? match[1]! : Number(match[2])));

export const samePath = (one: DocumentPath, other: DocumentPath): boolean => one.length === other.length && one.every((part, index) => part === other[index]);
