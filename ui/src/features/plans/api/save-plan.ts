import { answerOf, hub } from '@/api/client';

interface PlanChange {
  plan: string;
  text: string;
  /** The version that it is made from: when there is a newer one by now, nothing is saved. */
  version: number;
}

/** Saves a text as the plan's newest version. */
export const savePlan = ({ plan, text, version }: PlanChange) =>
  answerOf(hub.PUT('/api/plans/{plan}', { params: { path: { plan }, header: { 'If-Match': `"${version}"` } }, body: { plan: text } as never }));
