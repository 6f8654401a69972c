import { Button, Code } from '@mantine/core';
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ListTree, Plus, Sparkles } from 'lucide-react';
import { useMemo, useState } from 'react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable } from '@/components/table/DataTable';
import { lastExecutionsQuery } from './api/last-executions';
import { plansQuery } from './api/list-plans';
import { planStartsQuery } from './api/plan-starts';
import { draftNames } from './editor/draft';
import { columnsOf } from './list/columns';

/** Plans, how they ended last, and when they run next. */
export function PlansPage() {
  const { q } = useSearch({ from: '/shell/plans' });
  const navigate = useNavigate({ from: '/plans' });
  const me = useQuery(meQuery).data;
  const mayEdit = may(me, 'editor');
  const list = useInfiniteQuery(plansQuery);
  const [starts, last] = useQueries({ queries: [planStartsQuery, lastExecutionsQuery] });
  const [drafts] = useState(draftNames);
  const columns = useMemo(() => columnsOf({ starts: starts.data, last: last.data, drafts }), [starts.data, last.data, drafts]);
  const all = list.data?.pages.flatMap(page => page.items);
  const wanted = q?.toLowerCase();
  const rows = wanted === undefined ? all : all?.filter(plan => `${plan.name} ${plan.description ?? ''}`.toLowerCase().includes(wanted));
  return (
    <Page title="Plans" fill actions={<>{may(me, 'operator') && <Button component={Link} to="/describe-plan" variant="default" leftSection={<Sparkles size={15} aria-hidden="true" />}>Describe it</Button>}{mayEdit && <Button component={Link} to="/new-plan" leftSection={<Plus size={15} aria-hidden="true" />}>New plan</Button>}</>}>
      <Filters><SearchField label="Search plans" value={q} onChange={text => void navigate({ search: { q: text }, replace: true })} /></Filters>
      {list.error !== null && all === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="Plans" columns={columns} rows={rows} rowId={plan => plan.id!} more={list}
          onOpen={plan => void navigate({ to: '/plans/$plan', params: { plan: plan.name! } })}
          empty={wanted !== undefined
            ? <EmptyState icon={<ListTree size={22} />} title="No plan fits" action={<Button variant="light" onClick={() => void navigate({ search: {} })}>Show all</Button>} />
            : <EmptyState icon={<ListTree size={22} />} title="There is no plan yet" action={mayEdit && <Button component={Link} to="/new-plan" variant="light">Write the first one</Button>}>A plan is a list of steps: files that are moved, requests, people who are asked. It is written as text or put together as a graph; <Code>gantry plan apply FILE</Code> saves one from the command line.</EmptyState>}
        />
      )}
    </Page>
  );
}
