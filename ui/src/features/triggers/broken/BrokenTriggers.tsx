import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { EmptyState } from '@/components/page/EmptyState';
import { Loading } from '@/components/page/Loading';
import { Time } from '@/components/time/Time';
import { brokenQuery } from '../api/list-broken';
import type { Trigger } from '../api/list-schedules';
import { kindWords } from '../events/words';
import { endpointOf } from './mend';
import classes from './BrokenTriggers.module.css';

interface BrokenTriggersProps {
  search: string | undefined;
  mayPause: boolean;
  isBusy: boolean;
  onPause: (trigger: Trigger) => void;
}

/** What starts nothing now although it should, of every kind: why, and the way to where it is mended. */
export function BrokenTriggers({ search, mayPause, isBusy, onPause }: BrokenTriggersProps) {
  const list = useInfiniteQuery(brokenQuery);
  const wanted = search?.toLowerCase();
  const all = list.data?.pages.flatMap(page => page.items);
  if (all === undefined) return list.error === null ? <Loading what="What does not work" /> : <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  const rows = wanted === undefined ? all : all.filter(row => `${row.plan} ${row.watches} ${row.broken ?? ''}`.toLowerCase().includes(wanted));
  if (rows.length === 0) return <EmptyState icon={<CircleCheck size={22} />} title={all.length === 0 ? 'Everything that starts plans works' : 'No trigger fits'}>{all.length === 0 && 'A schedule, a webhook or a watched place that cannot start its plan stands here, with the reason.'}</EmptyState>;
  return (
    <>
      <ul className={classes.list} aria-label="Triggers that do not work">
        {rows.map(row => <Broken key={row.id} trigger={row} mayPause={mayPause} isBusy={isBusy} onPause={() => onPause(row)} />)}
      </ul>
      {list.hasNextPage && <div><Button variant="subtle" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div>}
    </>
  );
}

function Broken({ trigger, mayPause, isBusy, onPause }: { trigger: Trigger; mayPause: boolean; isBusy: boolean; onPause: () => void }) {
  const endpoint = endpointOf(trigger.settings);
  return (
    <li className={classes.trigger}>
      <div className={classes.words}>
        <Link to="/plans/$plan" params={{ plan: trigger.plan }} search={{}} className={classes.plan}>{trigger.plan}</Link>
        <div className={classes.soft}>{kindWords[trigger.kind] ?? trigger.kind}: {trigger.in_words ?? trigger.watches}{trigger.last != null && <>, last <Time value={trigger.last.occurred_at} /></>}</div>
        <p className={classes.why}>{trigger.broken}</p>
      </div>
      <div className={classes.acts}>
        {endpoint !== null && <Button size="xs" renderRoot={props => <Link {...props} to="/endpoints/$endpoint" params={{ endpoint }} search={{}} />}>Look at the endpoint</Button>}
        <Button size="xs" variant={endpoint === null ? 'filled' : 'default'} renderRoot={props => <Link {...props} to="/plans/$plan" params={{ plan: trigger.plan }} search={{}} />}>Open the plan</Button>
        {mayPause && <Button size="xs" variant="default" loading={isBusy} onClick={onPause}>Pause</Button>}
      </div>
    </li>
  );
}
