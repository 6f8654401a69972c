import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { lineStart } from './text';
import { keyText, readDocument, type DocumentPath } from './yaml-document';

/** What somebody is typing, and where in the plan that stands. */
export type Typing =
  | { kind: 'reference'; from: number; text: string; path: DocumentPath }
  | { kind: 'key'; from: number; text: string; path: DocumentPath; siblings: readonly string[]; isFlow: boolean }
  | { kind: 'value'; from: number; text: string; path: DocumentPath };

const marker = 'ZzPlaceZz';

/** What is being typed at this place; null when it is nothing that could be completed. */
export function typingAt(text: string, offset: number): Typing | null {
  const before = text.slice(lineStart(text, offset), offset);
  if (/^\s*#|\s#[^"']*$/.test(before)) return null;
  const reference = /\$\{([^}]*?)([\w.[\]:"-]*)$/.exec(before);
  if (reference !== null) {
    const word = reference[2]!;
    const place = pathOfMarker(text, offset - word.length, offset, /^[\s-]*\$\{/.test(before) ? '' : '', true);
    return { kind: 'reference', from: offset - word.length, text: word, path: place?.path ?? [] };
  }
  const word = /[\w.@-]*$/.exec(before)![0].replace(/^-+$/, '');
  const from = offset - word.length;
  const lead = text.slice(lineStart(text, offset), from);
  const after = /^[^\n]*/.exec(text.slice(offset))![0];
  const isKey = /^\s*(- +)*$/.test(lead) || (/[{,]\s*$/.test(lead) && !/:\s*\[[^\]]*$/.test(lead));
  const place = pathOfMarker(text, from, offset, isKey && !/^\s*:/.test(after) ? ': ' : '', false);
  if (place === null) return null;
  if (place.isKey) return { kind: 'key', from, text: word, path: place.path, siblings: place.siblings, isFlow: place.isFlow };
  return { kind: 'value', from, text: word, path: place.path };
}

interface Place {
  path: DocumentPath;
  isKey: boolean;
  siblings: readonly string[];
  isFlow: boolean;
}

/** The text with a word of our own in place of what is typed: it is found again wherever YAML puts it. */
function pathOfMarker(text: string, from: number, to: number, behind: string, inside: boolean): Place | null {
  const marked = text.slice(0, from) + marker + behind + (inside && !/^[^\n]*\}/.test(text.slice(to)) ? '}' : '') + text.slice(to);
  return find(readDocument(marked).contents, []);
}

function find(node: Node | null, path: DocumentPath): Place | null {
  if (isScalar(node)) return typeof node.value === 'string' && node.value.includes(marker) ? { path, isKey: false, siblings: [], isFlow: false } : null;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = find(item as Node | null, [...path, index]);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isMap(node)) return null;
  const keys = node.items.map(item => keyText(item.key));
  for (const [index, pair] of (node.items as Pair<Node, Node | null>[]).entries()) {
    if (keys[index]!.includes(marker)) return { path, isKey: true, siblings: keys.filter((_, other) => other !== index), isFlow: node.flow === true };
    const found = find(pair.value, [...path, keys[index]!]);
    if (found !== null) return found;
  }
  return null;
}
