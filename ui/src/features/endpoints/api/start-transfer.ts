import { answerOf, hub } from '@/api/client';
import { newKey } from '@/api/new-key';
import { textOfPlace, type Place } from '../files/paths';

export interface Move {
  mode: 'copy' | 'move';
  from: Place;
  to: Place;
  /** Files and folders in 'from'. */
  names: string[];
  /** What is there already stays as it is. */
  keepsThere?: boolean;
}

/** Starts an execution that moves them; answers its id. */
export const startTransfer = ({ mode, from, to, names, keepsThere = false }: Move) =>
  answerOf(hub.POST('/api/transfers', {
    params: { header: { 'Idempotency-Key': newKey() } },
    body: { mode, from: textOfPlace(from), to: textOfPlace(to), files: names, options: keepsThere ? { change: 'never-overwrite' } : undefined },
  }));
