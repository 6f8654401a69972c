import { answerOf, hub } from '@/api/client';

/** Tries it now, and answers what became of it. */
export const replayEvent = (event: string) => answerOf(hub.POST('/api/events/{event}/replay', { params: { path: { event } } }));
