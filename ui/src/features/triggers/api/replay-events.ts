import { answerOf, hub } from '@/api/client';
import type { EventFilter } from './list-events';

export const replayMax = 1_000;

/** Puts all that fit on record for another attempt; answers how many they are. */
export const replayEvents = async ({ status, kind, plan, q }: EventFilter & { status: string }): Promise<number> =>
  (await answerOf(hub.POST('/api/events/replay', { body: { status, kind, plan, q, limit: replayMax } }))).replayed;
