import { answerOf, hub } from '@/api/client';

/** What would have been meanwhile is not made up for. */
export const resumeTrigger = (trigger: string) => answerOf(hub.POST('/api/triggers/{trigger}/resume', { params: { path: { trigger } } }));
