import { answerOf, hub } from '@/api/client';

/** Makes an old version the newest again. */
export const restoreVersion = ({ plan, version }: { plan: string; version: number }) =>
  answerOf(hub.POST('/api/plans/{plan}/versions/{version}/restore', { params: { path: { plan, version } } }));
