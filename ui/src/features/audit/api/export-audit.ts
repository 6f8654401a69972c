import { download } from '@/api/download';

/** The log as JSON lines with its signed end: of the whole hub, or of the workspace. */
export const exportAudit = (scope: 'hub' | 'workspace'): Promise<void> => download(`/api/audit/export?scope=${scope}`, 'gantry-audit.jsonl');
