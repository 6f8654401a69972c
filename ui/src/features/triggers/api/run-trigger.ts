import { answerOf, hub } from '@/api/client';

/** Starts the plan as the schedule would, now; its own times stay. Answers the event. */
export const runTrigger = (trigger: string) => answerOf(hub.POST('/api/triggers/{trigger}/run', { params: { path: { trigger } } }));
