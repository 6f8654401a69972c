import { followStream } from '@/api/event-stream';
import type { ServerEvent } from '@/api/event-parser';
import type { Shape } from '@/api/client';
import type { ManifestFile } from './list-manifest';

export type TransferHappening =
  | { kind: 'transfer'; data: Pick<Shape<'Transfer'>, 'id' | 'status' | 'waiting_for' | 'ended_at' | 'error'> }
  | { kind: 'progress'; data: Pick<Shape<'Link'>, 'step' | 'attempt' | 'complete' | 'progress'> }
  | { kind: 'file'; data: ManifestFile };

interface FollowOptions {
  onHappenings: (happenings: TransferHappening[]) => void;
  onLive: (live: boolean) => void;
  signal: AbortSignal;
}

const ends = new Set(['succeeded', 'failed', 'cancelled']);

/** How it goes and each file's end, from the beginning to the transfer's end. */
export function followTransfer(id: string, { onHappenings, onLive, signal }: FollowOptions): Promise<void> {
  return followStream(`/api/transfers/${encodeURIComponent(id)}/events`, {
    signal,
    onLive,
    onEvents: events => {
      const happenings = events.map(happeningOf).filter(each => each !== null);
      onHappenings(happenings);
      return happenings.some(each => each.kind === 'transfer' && ends.has(each.data.status)) ? 'end' : undefined;
    },
  });
}

function happeningOf(event: ServerEvent): TransferHappening | null {
  if (!['transfer', 'progress', 'file'].includes(event.type)) return null;
  return { kind: event.type, data: JSON.parse(event.data) as unknown } as TransferHappening;
}
