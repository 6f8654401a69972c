import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Copier } from '@/components/json/JsonView';
import { Duration, Time } from '@/components/time/Time';
import type { Execution } from '../api/list-executions';
import classes from './Facts.module.css';

/** Where it comes from, and when, in one line. */
export function Facts({ execution }: { execution: Execution }) {
  return (
    <span className={classes.facts}>
      {execution.plan !== null && execution.plan_version != null && <Fact><Link to="/plans/$plan" params={{ plan: execution.plan }}>Version {execution.plan_version}</Link></Fact>}
      {execution.is_transfer === true && <Fact><Link to="/transfers/$transfer" params={{ transfer: execution.id }} search={{}}>Its files</Link></Fact>}
      <Fact>{startOf(execution)} <Time value={execution.started_at ?? execution.created_at} /></Fact>
      {execution.started_at != null && <Fact>{execution.ended_at == null ? 'for' : 'took'} <Duration from={execution.started_at} to={execution.ended_at} /></Fact>}
      {execution.parent != null && <Fact>called by <Link to="/executions/$execution" params={{ execution: execution.parent.execution }} search={{ step: execution.parent.step }}>another execution</Link></Fact>}
      {execution.rerun_of != null && <Fact>again after <Link to="/executions/$execution" params={{ execution: execution.rerun_of }} search={{}}>an earlier one</Link></Fact>}
      {execution.concurrency_key != null && <Fact>one of the key “{execution.concurrency_key}”</Fact>}
      <Fact><code className={classes.id}>{execution.id.slice(-12)}</code><Copier text={execution.id} label="Copy the id" /></Fact>
    </span>
  );
}

function startOf(execution: Execution): string {
  if (execution.started_at == null) return 'Accepted';
  return execution.trigger == null ? 'Began' : 'Triggered';
}

const Fact = ({ children }: { children: ReactNode }) => <span className={classes.fact}>{children}</span>;
