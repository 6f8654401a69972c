import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Copier } from '@/components/json/JsonView';
import { Duration, Time } from '@/components/time/Time';
import type { Transfer } from '../api/list-transfers';
import { modeText, startedBy } from '../list/words';
import classes from './Facts.module.css';

/** Where it comes from, and when, in one line. */
export function Facts({ transfer }: { transfer: Transfer }) {
  const isRehearsal = transfer.options?.dry_run === true;
  return (
    <span className={classes.facts}>
      <Fact>{modeText(transfer.mode, transfer.to.length)}{isRehearsal && ', only rehearsed'}</Fact>
      <Fact>{transfer.started_at == null ? 'Accepted' : 'Began'} <Time value={transfer.started_at ?? transfer.created_at} /></Fact>
      {transfer.started_at != null && <Fact>{transfer.ended_at == null ? 'for' : 'took'} <Duration from={transfer.started_at} to={transfer.ended_at} /></Fact>}
      {transfer.template_id != null && transfer.name !== null && <Fact>of the template <Link to="/templates/$template" params={{ template: transfer.name }}>{transfer.name}</Link></Fact>}
      {transfer.trigger != null && <Fact>started by <Link to="/events" search={{ event: transfer.trigger.event_id }}>{startedBy(transfer)}</Link></Fact>}
      {transfer.retry_of != null && <Fact>takes up what failed in <Link to="/transfers/$transfer" params={{ transfer: transfer.retry_of }} search={{}}>an earlier one</Link></Fact>}
      <Fact><Link to="/executions/$execution" params={{ execution: transfer.id }} search={{ tab: 'log' }}>Its log</Link></Fact>
      <Fact><code className={classes.id}>{transfer.id.slice(-12)}</code><Copier text={transfer.id} label="Copy the id" /></Fact>
    </span>
  );
}

const Fact = ({ children }: { children: ReactNode }) => <span className={classes.fact}>{children}</span>;
