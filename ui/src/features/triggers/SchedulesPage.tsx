import { Button, Group, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CalendarClock } from 'lucide-react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable } from '@/components/table/DataTable';
import { useNow } from '@/components/time/clock';
import { schedulesQuery, type Trigger } from './api/list-schedules';
import { pauseTrigger } from './api/pause-trigger';
import { resumeTrigger } from './api/resume-trigger';
import { runTrigger } from './api/run-trigger';
import { BrokenTriggers } from './broken/BrokenTriggers';
import { Calendar } from './schedules/Calendar';
import { columns, columnsBeside } from './schedules/columns';
import { dayFrom, dayText } from './schedules/calendar';
import { ScheduleCard } from './schedules/ScheduleCard';
import classes from './SchedulesPage.module.css';

/** What will run when: as a calendar, and schedule by schedule. */
export function SchedulesPage() {
  const search = useSearch({ from: '/shell/schedules' });
  const navigate = useNavigate({ from: '/schedules' });
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const today = new Date(useNow());
  const list = useInfiniteQuery(schedulesQuery);
  const all = list.data?.pages.flatMap(page => page.items);
  const wanted = search.q?.toLowerCase();
  const rows = wanted === undefined ? all : all?.filter(row => `${row.plan} ${row.watches} ${row.in_words ?? ''}`.toLowerCase().includes(wanted));
  const chosen = all?.find(row => row.id === search.schedule);
  const isList = search.view === 'list';
  const set = (next: Partial<typeof search>) => void navigate({ search: before => ({ ...before, ...next }), replace: true });
  const changing = useMutation({
    mutationFn: (schedule: Trigger) => (schedule.state === 'paused' ? resumeTrigger(schedule.id) : pauseTrigger(schedule.id)),
    onSuccess: changed => {
      toastDone(changed.state === 'paused' ? `${changed.plan} is not started by this any more.` : `${changed.plan} is started by this again.`);
      return client.invalidateQueries({ queryKey: ['triggers'] });
    },
    onError: error => toastProblem(error),
  });
  // Whoever went elsewhere meanwhile is left there: only the page that asked is told.
  const show = ({ id, execution_id: execution }: { id?: string; execution_id?: string | null }) => (execution != null
    ? navigate({ to: '/executions/$execution', params: { execution }, search: {} })
    : navigate({ to: '/events', search: { event: id } }));
  const running = useMutation({
    mutationFn: (schedule: Trigger) => runTrigger(schedule.id),
    onError: error => toastProblem(error),
  });
  const empty = wanted !== undefined
    ? <EmptyState icon={<CalendarClock size={22} />} title="No schedule fits" action={<Button variant="light" onClick={() => set({ q: undefined })}>Show all</Button>} />
    : <EmptyState icon={<CalendarClock size={22} />} title="Nothing is scheduled yet" action={<Group gap="xs"><Button component={Link} to="/templates" variant="light">To the templates</Button><Button component={Link} to="/plans" variant="light">To the plans</Button></Group>}>A transfer template is given one on its page. A plan has one in its text: <code>on: [ schedule: &quot;@daily&quot; ]</code>.</EmptyState>;
  return (
    <Page title="Schedules" fill={isList}>
      <Filters>
        <SegmentedControl size="xs" aria-label="View" value={search.view ?? 'calendar'} data={[{ value: 'calendar', label: 'Calendar' }, { value: 'list', label: 'List' }, { value: 'broken', label: 'Not working' }]} onChange={view => set({ view: view === 'list' || view === 'broken' ? view : undefined })} />
        <SearchField label="Search schedules" value={search.q} onChange={q => set({ q })} />
      </Filters>
      {list.error !== null && all === undefined && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      <div className={classes.split} data-fill={isList || undefined}>
        {search.view === 'broken' ? (
          <BrokenTriggers search={search.q} mayPause={may(me, 'editor')} isBusy={changing.isPending} onPause={trigger => changing.mutate(trigger)} />
        ) : isList ? (
          <DataTable
            label="Schedules" columns={chosen === undefined ? columns : columnsBeside} rows={rows} rowId={row => row.id} more={list}
            onOpen={row => set({ schedule: row.id })} tone={row => (row.state === 'broken' ? 'bad' : undefined)} empty={empty}
          />
        ) : all?.length === 0 ? empty : (
          <Calendar span={search.span ?? 'week'} date={dayFrom(search.on, today)} today={today} search={search.q} onShow={(span, date) => set({ span: span === 'week' ? undefined : span, on: dayText(date) === dayText(today) ? undefined : dayText(date) })} />
        )}
        {isList && chosen !== undefined && (
          <div className={classes.aside}>
            <ScheduleCard
              schedule={chosen} mayPause={may(me, 'editor')} mayRun={may(me, 'operator')} isBusy={changing.isPending || running.isPending}
              onPause={() => changing.mutate(chosen)} onRun={() => running.mutate(chosen, { onSuccess: event => void show(event) })} onClose={() => set({ schedule: undefined })}
            />
          </div>
        )}
      </div>
    </Page>
  );
}
