import type { Trigger } from '../api/template-triggers';

export const starts = [
  { value: 'schedule', label: 'By the clock' },
  { value: 'files', label: 'When files arrive' },
  { value: 'webhook', label: 'When it is called' },
] as const;
export type StartKind = (typeof starts)[number]['value'];

/** What starts a template by itself, while it is written. */
export interface Start {
  kind: StartKind;
  cron: string;
  zone: string;
  watched: string;
  match: string;
  /** What is there already starts nothing. */
  onlyNew: boolean;
  path: string;
  /** The credential that callers have to know; null when anybody may call. */
  secret: string | null;
}

export const startOf = (template: { name: string; from: readonly string[]; pattern?: string | null }, zone: string): Start => ({
  kind: 'schedule', cron: '0 6 * * *', zone, watched: template.from[0] ?? '', match: template.pattern ?? '', onlyNew: true, path: pathOf(template.name), secret: null,
});

/** As it stands in a plan's 'on' block. What arrives together is moved together. */
export function triggerOf({ kind, cron, zone, watched, match, onlyNew, path, secret }: Start): object {
  if (kind === 'schedule') return { schedule: { cron, zone } };
  if (kind === 'files') return { files: { endpoint: watched.trim(), ...(match.trim() === '' ? {} : { match: match.trim() }), batch: true, ...(onlyNew ? { existing: 'skip' } : {}) } };
  return { webhook: { path: path.trim(), ...(secret === null ? { open: true } : { secret: `\${cred:${secret}}`, scheme: 'token' }) } };
}

const begins: Record<string, string> = { files: 'When files arrive', s3_events: 'When files arrive', webhook: 'When it is called', execution: 'After another plan' };

/** What starts it, as people say it. */
export const wordsOf = ({ kind, in_words, watches }: Pick<Trigger, 'kind' | 'in_words' | 'watches'>): string => in_words ?? `${begins[kind] ?? kind}: ${watches}`;

/** What is lost when it does not start the template any more. */
export function lossOf({ kind, in_words, watches, url }: Pick<Trigger, 'kind' | 'in_words' | 'watches' | 'url'>): string {
  if (kind === 'webhook') return `Whoever calls ${url ?? watches} is refused from then on.`;
  if (kind === 'schedule') return `It does not run by itself any more: ${in_words ?? watches}.`;
  return `It does not start any more ${(begins[kind] ?? kind).toLowerCase()}: ${watches}.`;
}

/** What a name is in an address. */
const pathOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'template';
