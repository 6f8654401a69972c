import { Button, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Download, Files } from 'lucide-react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { ChoiceFilter } from '@/components/page/ChoiceFilter';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { SearchField } from '@/components/search/SearchField';
import { StatusBadge } from '@/components/status/StatusBadge';
import { DataTable, type Column } from '@/components/table/DataTable';
import { bytesText, durationText } from '@/components/time/words';
import { manifestQuery, type ManifestFile, type ManifestFilter } from '../api/list-manifest';
import type { Transfer } from '../api/list-transfers';
import { manifestLink } from '../api/manifest-link';
import classes from './FilesTab.module.css';

interface FilesTabProps {
  transfer: Transfer;
  filter: ManifestFilter;
  onFilter: (filter: ManifestFilter) => void;
  /** While it runs: what ended last, the newest first. */
  tail: readonly ManifestFile[];
  isRunning: boolean;
}

export const results = ['copied', 'skipped', 'deleted', 'failed'] as const;
const refreshMilliseconds = 2_000;

/** What became of each file: live while it runs, from the manifest afterwards or when one looks for something. */
export function FilesTab({ transfer, filter, onFilter, tail, isRunning }: FilesTabProps) {
  const isFiltered = filter.result !== undefined || filter.q !== undefined || filter.step !== undefined;
  const isTail = isRunning && !isFiltered;
  const list = useInfiniteQuery({
    ...manifestQuery(transfer.id, filter), enabled: !isTail,
    refetchInterval: query => (isRunning && (query.state.data?.pages.length ?? 1) === 1 ? refreshMilliseconds : false),
  });
  const rows = isTail ? tail : list.data?.pages.flatMap(page => page.items);
  return (
    <>
      <Filters>
        <SearchField label="Search the files" value={filter.q} onChange={q => onFilter({ ...filter, q })} />
        <ChoiceFilter label="Result" all="Every result" choices={results} value={filter.result} onChange={result => onFilter({ ...filter, result })} />
        {transfer.links.length > 1 && (
          <Select
            aria-label="Link" size="xs" w={220} value={filter.step ?? 'all'} onChange={step => onFilter({ ...filter, step: step === 'all' || step === null ? undefined : step })}
            data={[{ value: 'all', label: 'Every link' }, ...transfer.links.map((link, index) => ({ value: link.step, label: `${index + 1}. to ${link.to}` }))]}
          />
        )}
        <Button component="a" className={classes.push} size="xs" variant="default" leftSection={<Download size={14} aria-hidden="true" />} href={manifestLink(transfer.id, filter)} download>Save as CSV</Button>
      </Filters>
      {isTail && <p className={classes.live}>The files that ended last are above. Search or choose a result to look at all that are done.</p>}
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <div className={classes.stage}>
          <DataTable
            label="Files" columns={transfer.links.length > 1 ? [...columns, linkColumn(transfer)] : columns} rows={rows} rowId={row => `${row.step} ${row.attempt} ${row.path}`} more={isTail ? undefined : list} tone={row => (row.result === 'failed' ? 'bad' : undefined)}
            empty={isFiltered
              ? <EmptyState icon={<Files size={22} />} title="No file fits">{isRunning ? 'None so far.' : 'Clear the search to see every file.'}</EmptyState>
              : <EmptyState icon={<Files size={22} />} title={isRunning ? 'No file has come to its end yet' : 'No file is on record'}>{isRunning ? 'Each one appears here as it does.' : 'There was nothing to move, or it ended before the first file.'}</EmptyState>}
          />
        </div>
      )}
    </>
  );
}

const columns: readonly Column<ManifestFile>[] = [
  { id: 'result', header: 'Result', width: '110px', cell: file => <StatusBadge status={file.result} /> },
  { id: 'path', header: 'File', width: '2fr', narrow: 'title', cell: file => <span className={classes.path} title={file.path}>{file.path === '' ? 'the source itself' : file.path}</span> },
  {
    id: 'what', header: 'Where it went, or why not', width: '2fr',
    cell: file => (file.reason != null ? <span className={classes.reason} title={file.reason}>{file.reason}</span>
      : file.target_path != null && file.target_path !== file.path ? <span className={classes.soft} title={file.target_path}>to {file.target_path}</span> : null),
  },
  { id: 'size', header: 'Size', width: '84px', align: 'end', cell: file => (file.size == null ? '–' : bytesText(file.size)) },
  { id: 'took', header: 'Took', width: '80px', align: 'end', narrow: 'hide', cell: file => (file.duration_seconds === 0 ? '–' : durationText(file.duration_seconds * 1_000)) },
];

const linkColumn = (transfer: Transfer): Column<ManifestFile> =>
  ({ id: 'link', header: 'Link', width: '60px', narrow: 'hide', cell: file => transfer.links.findIndex(link => link.step === file.step) + 1 || '–' });
