import type { Transfer } from '../api/list-transfers';

type Named = Pick<Transfer, 'name' | 'from' | 'to'>;

/** "staging:out → web:www"; what is in between of a chain, too. */
export const wayText = ({ from, to }: Pick<Named, 'from' | 'to'>): string =>
  [from.length > 1 ? `${from[0]} and ${from.length - 1} more` : from[0], ...to].join(' → ');

export const titleOf = (transfer: Named): string => transfer.name ?? wayText(transfer);

const modes: Record<string, string> = { copy: 'Copy', sync: 'Sync', move: 'Move' };

export const modeText = (mode: string, links: number): string => (links > 1 ? `Chain of ${links}` : modes[mode] ?? mode);

export const isOver = (status: string): boolean => status === 'succeeded' || status === 'failed' || status === 'cancelled';

const starters: Record<string, string> = { schedule: 'the clock', webhook: 'a call', files: 'files that arrived', s3_events: 'files that arrived', execution: "another plan's end" };

/** What started it, in two words: "a call"; a person when nothing else did. */
export const starterOf = ({ trigger }: Pick<Transfer, 'trigger'>): string => (trigger == null ? 'a person' : starters[trigger.kind] ?? trigger.kind);

/** The same with what exactly: "files that arrived: shop:in *.csv". */
export const startedBy = (transfer: Pick<Transfer, 'trigger'>): string => [starterOf(transfer), transfer.trigger?.watches].filter(Boolean).join(': ');
