import { Button, Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { MoveRight, Plus, X } from 'lucide-react';
import { endpointNamesQuery } from '@/api/endpoint-names';
import { may, meQuery } from '@/api/me';
import { useLivePages, useNewest } from '@/api/newest';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { ChoiceFilter } from '@/components/page/ChoiceFilter';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable } from '@/components/table/DataTable';
import { movingStream, transfersQuery, transfersStream, type Transfer } from './api/list-transfers';
import { columns } from './list/columns';
import { Moving } from './list/Moving';

const statuses = ['running', 'queued', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;

/** What moves now, and what moved. */
export function TransfersPage() {
  const search = useSearch({ from: '/shell/transfers' });
  const navigate = useNavigate({ from: '/transfers' });
  const me = useQuery(meQuery).data;
  const endpoints = useQuery(endpointNamesQuery);
  const { q } = search;
  const query = transfersQuery(search);
  const list = useInfiniteQuery(query);
  useLivePages<Transfer>(query.queryKey, transfersStream(search), list.isPlaceholderData ? 0 : list.dataUpdatedAt);
  const moving = useNewest<Transfer>(list.data === undefined ? null : movingStream)?.rows ?? [];
  const rows = list.data?.pages.flatMap(page => page.items);
  const isFiltered = Object.values(search).some(value => value !== undefined);
  const set = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true });
  const start = may(me, 'operator') && <Button component={Link} to="/transfers/new" leftSection={<Plus size={15} aria-hidden="true" />}>New transfer</Button>;
  return (
    <Page title="Transfers" fill actions={start}>
      {moving.length > 0 && <Moving transfers={moving} />}
      <Filters>
        <SearchField label="Search names and places" value={q} onChange={next => set({ q: next })} />
        <ChoiceFilter label="Status" all="Every status" choices={statuses} value={search.status} onChange={status => set({ status })} />
        <Select
          aria-label="Endpoint" placeholder="Every endpoint" searchable clearable size="xs" w={190} value={search.endpoint ?? null} clearButtonProps={{ 'aria-label': 'Every endpoint' }}
          data={(endpoints.data ?? []).map(endpoint => endpoint.name)} onChange={endpoint => set({ endpoint: endpoint ?? undefined })} nothingFoundMessage="No such endpoint"
        />
        <Select
          aria-label="Time" size="xs" w={150} value={search.period ?? 'ever'} onChange={period => set({ period: period === '1d' || period === '7d' || period === '30d' ? period : undefined })}
          data={[{ value: 'ever', label: 'At any time' }, { value: '1d', label: 'In the last day' }, { value: '7d', label: 'In the last 7 days' }, { value: '30d', label: 'In the last 30 days' }]}
        />
        {search.template !== undefined && <Chosen what={`of the template ${search.template}`} onClear={() => set({ template: undefined })} />}
        {search.retry_of !== undefined && <Chosen what="that take up an earlier one" onClear={() => set({ retry_of: undefined })} />}
        {isFiltered && <Button variant="subtle" size="xs" color="gray" onClick={() => void navigate({ search: {}, replace: true })}>Clear</Button>}
      </Filters>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="Transfers" columns={columns} rows={rows} rowId={row => row.id} more={list}
          onOpen={row => void navigate({ to: '/transfers/$transfer', params: { transfer: row.id }, search: {} })} tone={row => (row.status === 'failed' ? 'bad' : undefined)}
          empty={isFiltered
            ? <EmptyState icon={<MoveRight size={22} />} title="Nothing fits these filters">Clear them to see every transfer.</EmptyState>
            : <EmptyState icon={<MoveRight size={22} />} title="Nothing was moved yet" action={start}>A transfer copies, syncs or moves files between any two places: pick two endpoints, look at what would happen, and start.</EmptyState>}
        />
      )}
    </Page>
  );
}

/** A choice that is made elsewhere, and taken back here. */
const Chosen = ({ what, onClear }: { what: string; onClear: () => void }) => (
  <Button variant="light" size="xs" rightSection={<X size={13} aria-hidden="true" />} aria-label={`Only those ${what}: show all`} onClick={onClear}>Only those {what}</Button>
);
