import { downloadLink } from '@/api/download';
import type { ManifestFilter } from './list-manifest';

/** The whole manifest, or what fits the filter, as a table for spreadsheets. */
export const manifestLink = (id: string, { result, q, step }: ManifestFilter): string => downloadLink(`/api/transfers/${encodeURIComponent(id)}/manifest.csv`, { result, q, step });
