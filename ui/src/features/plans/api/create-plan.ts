import { answerOf, hub } from '@/api/client';

/** Saves a text as a new plan, under the name that it says. */
export const createPlan = (text: string) => answerOf(hub.POST('/api/plans', { body: { plan: text } as never }));
