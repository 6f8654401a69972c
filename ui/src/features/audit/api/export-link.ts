import { downloadLink } from '@/api/download';

/** The log as JSON lines with its signed end: of the whole hub, or of the workspace. */
export const exportLink = (scope: 'hub' | 'workspace'): string => downloadLink('/api/audit/export', { scope });
