import type { NewTransfer } from '../api/change-transfer';
import type { Transfer } from '../api/list-transfers';
import type { Template, TemplateRequest } from '../api/templates';

export const modes = ['copy', 'sync', 'move'] as const;
export type Mode = (typeof modes)[number];

/** A transfer while it is written: fields may be empty still. */
export interface Draft {
  mode: Mode;
  from: string[];
  to: string[];
  /** Which files of a template; "" means all. */
  pattern: string;
  options: Record<string, unknown>;
}

export const emptyDraft: Draft = { mode: 'copy', from: [''], to: [''], pattern: '', options: {} };

export const isChain = (draft: Pick<Draft, 'to'>): boolean => draft.to.length > 1;

/** The settings of a transfer that is to be like another. */
export const draftLike = ({ mode, from, to, options }: Pick<Transfer, 'mode' | 'from' | 'to' | 'options'>): Draft =>
  ({ ...emptyDraft, mode: modeOf(mode), from: [...from], to: [...to], options: { ...options } });

/** What moves again what a transfer moved; of the files that were chosen for it, what comes under their names. */
export function templateLike(transfer: Pick<Transfer, 'mode' | 'from' | 'to' | 'options' | 'files'>): Draft {
  const draft = draftLike(transfer);
  const include = transfer.files?.map(file => `/${file.replace(/[\\*?[\]{}]/g, '\\$&')}`).flatMap(file => [file, `${file}/**`]);
  return include === undefined ? draft : { ...draft, options: { ...draft.options, include } };
}

/** So many chosen files make no template: a folder is meant by one. */
export const filesOfTemplateMax = 20;

export const draftOfTemplate = ({ mode, from, to, pattern, options }: Template): Draft =>
  ({ mode: modeOf(mode), from: [...from], to: [...to], pattern: pattern ?? '', options: { ...options } });

const modeOf = (mode: string): Mode => modes.find(each => each === mode) ?? 'copy';

const oneOrAll = (addresses: readonly string[]): string | string[] => (addresses.length === 1 ? addresses[0]! : [...addresses]);

const filled = (addresses: readonly string[]): string[] => addresses.map(address => address.trim()).filter(address => address !== '');

/** What the hub is asked for; null while a place is missing. */
export function requestOf(draft: Draft, name = ''): NewTransfer | null {
  const [from, to] = [filled(draft.from), filled(draft.to)];
  if (from.length === 0 || to.length === 0 || to.length < draft.to.length) return null;
  const pattern = draft.pattern.trim();
  const options = pattern === '' ? draft.options : { ...draft.options, include: [pattern] };
  return { mode: draft.mode, from: oneOrAll(from), to: oneOrAll(to), options, ...(name.trim() === '' ? {} : { name: name.trim() }) };
}

/** What is saved as a template; null while something is missing. */
export function templateOf(draft: Draft, name: string, description: string): TemplateRequest | null {
  const [from, to, pattern] = [filled(draft.from), filled(draft.to), draft.pattern.trim()];
  if (name.trim() === '' || from.length === 0 || to.length === 0 || to.length < draft.to.length) return null;
  return { name: name.trim(), description: description.trim() === '' ? null : description.trim(), mode: draft.mode, from: oneOrAll(from), to: oneOrAll(to), pattern: pattern === '' ? null : pattern, options: draft.options };
}

/** "web:www/a" as a saved endpoint and a path; an address of another kind has no endpoint. */
export function splitAddress(address: string, names: readonly string[]): { endpoint: string | null; path: string } {
  const colon = address.indexOf(':');
  const name = colon < 0 ? '' : address.slice(0, colon);
  return names.includes(name) ? { endpoint: name, path: address.slice(colon + 1) } : { endpoint: null, path: address };
}

/** An option of a mode that another mode does not take is left out. */
export const withMode = (draft: Draft, mode: Mode, known: readonly string[] | undefined): Draft =>
  ({ ...draft, mode, to: mode === 'copy' ? draft.to : draft.to.slice(0, 1), options: known === undefined ? draft.options : Object.fromEntries(Object.entries(draft.options).filter(([name]) => known.includes(name))) });

/** Whether files of the target may be deleted. */
export const deletes = (draft: Draft): boolean => draft.mode === 'sync' || draft.options.purge === true;
