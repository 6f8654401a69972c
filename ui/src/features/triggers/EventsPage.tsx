import { Button, Select } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Radio, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { planNamesQuery } from '@/api/plan-names';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { ChoiceFilter } from '@/components/page/ChoiceFilter';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable } from '@/components/table/DataTable';
import { plural } from '@/components/time/words';
import { eventsQuery } from './api/list-events';
import { replayEvents, replayMax } from './api/replay-events';
import { columns } from './events/columns';
import { EventDrawer } from './events/EventDrawer';
import { canReplay, kinds, kindWords, statuses } from './events/words';

/** What triggers saw, and what became of it; what is dead can be tried again. */
export function EventsPage() {
  const search = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const plans = useQuery(planNamesQuery);
  const list = useInfiniteQuery(eventsQuery(search));
  const [asks, setAsks] = useState(false);
  const rows = list.data?.pages.flatMap(page => page.items);
  // What a plan that is gone did not start is looked for as well.
  const planNames = [...new Set([...(plans.data ?? []).map(plan => plan.name!), ...(search.plan === undefined ? [] : [search.plan])])];
  const isFiltered = [search.status, search.kind, search.plan, search.q].some(each => each !== undefined);
  const set = (next: Partial<typeof search>) => void navigate({ search: before => ({ ...before, ...next }), replace: true });
  const replaying = useMutation({
    mutationFn: () => replayEvents({ ...search, status: search.status! }),
    onSuccess: count => {
      toastDone(`${plural(count, 'event is', 'events are')} tried again.`);
      return client.invalidateQueries({ queryKey: ['events'] });
    },
  });
  return (
    <Page
      title="Events" fill
      actions={may(me, 'operator') && (search.status === 'dead' || search.status === 'failed') && (rows?.length ?? 0) > 0
        && <Button leftSection={<RotateCcw size={14} aria-hidden="true" />} variant="default" onClick={() => setAsks(true)}>Replay all of these</Button>}
    >
      <Filters>
        <ChoiceFilter label="State" all="Every state" choices={statuses} value={search.status} onChange={status => set({ status })} />
        <Select aria-label="Kind" placeholder="Every kind" clearable size="xs" w={170} value={search.kind ?? null} clearButtonProps={{ 'aria-label': 'Every kind' }} data={kinds.map(kind => ({ value: kind, label: kindWords[kind]! }))} onChange={kind => set({ kind: kinds.find(each => each === kind) })} />
        <Select
          aria-label="Plan" placeholder="Every plan" searchable clearable size="xs" w={180} value={search.plan ?? null} clearButtonProps={{ 'aria-label': 'Every plan' }}
          data={planNames} onChange={plan => set({ plan: plan ?? undefined })} nothingFoundMessage="No such plan"
        />
        <SearchField label="Search events" value={search.q} onChange={q => set({ q })} width={220} />
        {isFiltered && <Button variant="subtle" size="xs" color="gray" onClick={() => void navigate({ search: {}, replace: true })}>Clear</Button>}
      </Filters>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="Events" columns={columns} rows={rows} rowId={row => row.id!} more={list}
          onOpen={row => set({ event: row.id })} tone={row => (row.status === 'dead' || row.status === 'failed' ? 'bad' : row.status === 'alert' ? 'warn' : undefined)}
          empty={isFiltered
            ? <EmptyState icon={<Radio size={22} />} title={search.status === 'dead' ? 'Nothing is dead' : 'Nothing fits these filters'} action={<Button variant="light" onClick={() => void navigate({ search: {}, replace: true })}>Show all events</Button>}>{search.status === 'dead' && 'All that triggers saw could be started, or is still being tried.'}</EmptyState>
            : <EmptyState icon={<Radio size={22} />} title="No trigger saw anything yet" action={<Button component={Link} to="/plans" variant="light">To the plans</Button>}>Schedules, webhooks, arriving files and other executions’ ends are listed here, with what came of each.</EmptyState>}
        />
      )}
      {search.event !== undefined && <EventDrawer key={search.event} event={search.event} mayReplay={may(me, 'operator')} onClose={() => set({ event: undefined })} onShow={event => set({ event })} />}
      {search.status !== undefined && canReplay(search.status) && (
        <ConfirmDanger opened={asks} onClose={() => setAsks(false)} title={`Replay all ${search.status} events that fit?`} action="Replay them" refusal="Not now" onConfirm={() => replaying.mutateAsync()}>
          Each of them starts its plan once more, the newest {replayMax.toLocaleString('en')} at most. It is done in your name and stands in the audit log.
        </ConfirmDanger>
      )}
    </Page>
  );
}
