import { Button, Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Activity } from 'lucide-react';
import { useLivePages } from '@/api/newest';
import { planNamesQuery } from '@/api/plan-names';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { ChoiceFilter } from '@/components/page/ChoiceFilter';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { DataTable } from '@/components/table/DataTable';
import { executionsQuery, executionsStream, type Execution } from './api/list-executions';
import { columns } from './list/columns';
import { statuses } from './list/statuses';

/** What ran, runs and waits, the newest first. */
export function ExecutionsPage() {
  const search = useSearch({ from: '/shell/executions' });
  const navigate = useNavigate({ from: '/executions' });
  const query = executionsQuery(search);
  const list = useInfiniteQuery(query);
  const plans = useQuery({ ...planNamesQuery, enabled: list.data !== undefined });
  useLivePages<Execution>(query.queryKey, executionsStream(search), list.isPlaceholderData ? 0 : list.dataUpdatedAt);
  const rows = list.data?.pages.flatMap(page => page.items);
  const isFiltered = search.status !== undefined || search.plan !== undefined || search.period !== undefined;
  const set = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true });
  return (
    <Page title="Executions" fill>
      <Filters>
        <ChoiceFilter label="Status" all="Every status" choices={statuses} value={search.status} onChange={status => set({ status })} />
        <Select
          aria-label="Plan" placeholder="Every plan" searchable clearable size="xs" w={220} value={search.plan ?? null} clearButtonProps={{ 'aria-label': 'Every plan' }}
          data={(plans.data ?? []).map(plan => plan.name!)} onChange={plan => set({ plan: plan ?? undefined })} nothingFoundMessage="No such plan"
        />
        <Select
          aria-label="Time" size="xs" w={150} value={search.period ?? 'ever'} onChange={period => set({ period: period === '1d' || period === '7d' || period === '30d' ? period : undefined })}
          data={[{ value: 'ever', label: 'At any time' }, { value: '1d', label: 'In the last day' }, { value: '7d', label: 'In the last 7 days' }, { value: '30d', label: 'In the last 30 days' }]}
        />
        {isFiltered && <Button variant="subtle" size="xs" color="gray" onClick={() => void navigate({ search: {}, replace: true })}>Clear</Button>}
      </Filters>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="Executions" columns={columns} rows={rows} rowId={row => row.id} more={list}
          onOpen={row => void navigate({ to: '/executions/$execution', params: { execution: row.id } })} tone={row => (row.status === 'failed' ? 'bad' : undefined)}
          empty={isFiltered
            ? <EmptyState icon={<Activity size={22} />} title="Nothing fits these filters">Clear them to see every execution.</EmptyState>
            : <EmptyState icon={<Activity size={22} />} title="Nothing has run yet" action={<Button component={Link} to="/plans" variant="light">To the plans</Button>}>Run a plan, or let a schedule or an event start one. Everything that happens is listed here.</EmptyState>}
        />
      )}
    </Page>
  );
}
