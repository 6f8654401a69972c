import { answerOf, hub } from '@/api/client';

/** What it ran stays; its triggers go. */
export const deletePlan = (plan: string) => answerOf(hub.DELETE('/api/plans/{plan}', { params: { path: { plan } }, parseAs: 'text' }));
