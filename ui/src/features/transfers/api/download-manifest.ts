import { download } from '@/api/download';
import type { ManifestFilter } from './list-manifest';

/** The whole manifest, or what fits the filter, as a table for spreadsheets. */
export function downloadManifest(id: string, filter: ManifestFilter): Promise<void> {
  const query = new URLSearchParams(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return download(`/api/transfers/${encodeURIComponent(id)}/manifest.csv?${query.toString()}`, `manifest-${id}.csv`);
}
