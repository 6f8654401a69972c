import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { executionTitle } from '@/components/status/execution-title';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Duration, Time } from '@/components/time/Time';
import { approvalsQuery } from '../api/approvals';
import { healthQuery } from '../api/health';
import { nextRunsQuery } from '../api/next-runs';
import { recentExecutionsQuery } from '../api/recent-executions';
import classes from './Overview.module.css';

export function RunningCard() {
  const asked = useQuery(recentExecutionsQuery('running'));
  const running = asked.data;
  return (
    <List title="Running now" asked={asked} isEmpty={running?.length === 0} empty="Nothing runs at the moment." all={<Link to="/executions" search={{ status: 'running' }}>All running</Link>}>
      {running?.map(execution => (
        <li key={execution.id}>
          <StatusBadge status="running" compact />
          <Link to="/executions/$execution" params={{ execution: execution.id }} search={{}}>{executionTitle(execution)}</Link>
          <span className={classes.end}><Duration from={execution.started_at} to={execution.ended_at} /></span>
        </li>
      ))}
    </List>
  );
}

export function FailedCard() {
  const asked = useQuery(recentExecutionsQuery('failed'));
  const failed = asked.data;
  return (
    <List title="Failed last" asked={asked} isEmpty={failed?.length === 0} empty="Nothing has failed." all={<Link to="/executions" search={{ status: 'failed' }}>All failed</Link>}>
      {failed?.map(execution => (
        <li key={execution.id}>
          <StatusBadge status="failed" compact />
          <div className={classes.two}>
            <Link to="/executions/$execution" params={{ execution: execution.id }} search={{ step: execution.failed_step ?? undefined }}>{executionTitle(execution)}</Link>
            <span className={classes.why} title={execution.error?.message}>{execution.error?.message}</span>
          </div>
          <span className={classes.end}><Time value={execution.ended_at} /></span>
        </li>
      ))}
    </List>
  );
}

/** Nothing at all when nobody is asked. */
export function ApprovalsCard() {
  const asked = useQuery(approvalsQuery);
  const approvals = asked.data ?? [];
  if (approvals.length === 0 && asked.error === null) return null;
  return (
    <List title="Waits for your answer" asked={asked} isEmpty={false} empty="">
      {approvals.map(approval => (
        <li key={`${approval.execution}:${approval.step}`}>
          <StatusBadge status="waiting" compact />
          <div className={classes.two}>
            <Link to="/executions/$execution" params={{ execution: approval.execution }} search={{}}>{approval.ask ?? `The step '${approval.id ?? approval.step}'`}</Link>
            <span className={classes.why}>{approval.plan ?? 'Not a saved plan'}</span>
          </div>
          <span className={classes.end}><Time value={approval.since} /></span>
        </li>
      ))}
    </List>
  );
}

export function NextCard() {
  const asked = useQuery(nextRunsQuery);
  const next = asked.data;
  return (
    <List title="Runs next" asked={asked} isEmpty={next?.length === 0} empty="No plan has a schedule." all={<Link to="/schedules">All schedules</Link>}>
      {next?.map(run => (
        <li key={run.trigger}>
          <div className={classes.two}>
            <Link to="/plans/$plan" params={{ plan: run.plan }}>{run.plan}</Link>
            <span className={classes.words} title={run.watches}>{run.words}</span>
          </div>
          <span className={classes.end}><Time value={run.at} /></span>
        </li>
      ))}
    </List>
  );
}

export function HealthCard() {
  const asked = useQuery(healthQuery);
  const checks = asked.data;
  return (
    <List title="Health of the hub" asked={asked} isEmpty={checks?.length === 0} empty="The hub does not say.">
      {checks?.map(check => (
        <li key={check.name}>
          <StatusBadge status={check.is_ok ? 'ok' : 'failed'} compact />
          <div className={classes.two}><span className={classes.name}>{check.name.charAt(0).toUpperCase() + check.name.slice(1)}</span><span className={classes.why}>{check.message}</span></div>
        </li>
      ))}
    </List>
  );
}

interface ListProps {
  title: string;
  /** Where its rows come from. */
  asked: UseQueryResult<unknown>;
  isEmpty: boolean | undefined;
  empty: string;
  all?: ReactNode;
  children: ReactNode;
}

function List({ title, asked, isEmpty, empty, all, children }: ListProps) {
  if (asked.error !== null && asked.data === undefined) return <Card title={title}><ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} /></Card>;
  return (
    <Card title={title} actions={all !== undefined && isEmpty !== true && <span className={classes.all}>{all}</span>}>
      {isEmpty === true ? <p className={classes.none}>{empty}</p> : <ul className={classes.list}>{children}</ul>}
    </Card>
  );
}
