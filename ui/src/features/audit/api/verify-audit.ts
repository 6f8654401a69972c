import { answerOf, hub } from '@/api/client';

/** Walks the whole chain and says which entry is wrong first. */
export const verifyAudit = () => answerOf(hub.GET('/api/audit/verify'));
