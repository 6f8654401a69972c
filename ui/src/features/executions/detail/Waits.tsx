import { Button, Group, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, Hourglass, X } from 'lucide-react';
import { useState } from 'react';
import type { Shape } from '@/api/client';
import { meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Time } from '@/components/time/Time';
import { inOwnZone } from '@/components/time/words';
import { approveExecution } from '../api/approve-execution';
import { executionQuery } from '../api/show-execution';
import type { Execution } from '../api/list-executions';
import { waitText } from './wait-text';
import classes from './Waits.module.css';

/** Why it is not moving, and what a person can do about it. */
export function Waits({ execution, nameOf }: { execution: Execution; nameOf: (path: string) => string }) {
  const waits = execution.waits ?? [];
  const approvals = waits.filter(wait => wait.kind === 'approval' && wait.answered !== true);
  const others = waits.filter(wait => wait.kind !== 'approval');
  if (approvals.length === 0 && others.length === 0 && execution.waiting_for == null) return null;
  return (
    <>
      {approvals.map(wait => <Approval key={wait.step} id={execution.id} wait={wait} name={nameOf(wait.step)} />)}
      {approvals.length === 0 && (
        <div className={classes.wait}>
          <Hourglass size={17} aria-hidden="true" />
          <div>
            <b>It waits</b>{execution.waiting_for != null && <> for {inOwnZone(execution.waiting_for)}</>}.
            {others.map(wait => (
              <div key={wait.step} className={classes.detail}>
                {nameOf(wait.step)} waits {waitText(wait)}, since <Time value={wait.since} />{wait.until != null && <>; {wait.kind === 'event' ? 'too late' : 'goes on'} <Time value={wait.until} /></>}
                {wait.call != null && <> · <Link to="/executions/$execution" params={{ execution: wait.call }} search={{}}>Show what it called</Link></>}
              </div>
            ))}
          </div>
        </div>
      )}
    </>
  );
}

function Approval({ id, wait, name }: { id: string; wait: Shape<'Wait'>; name: string }) {
  const [comment, setComment] = useState('');
  const client = useQueryClient();
  const me = useQuery(meQuery).data;
  const answering = useMutation({
    mutationFn: (approve: boolean) => approveExecution({ id, step: wait.step, approve, comment: comment === '' ? undefined : comment }),
    onSuccess: (_, approve) => {
      toastDone(approve ? 'Approved: it goes on.' : 'Rejected.');
      return client.invalidateQueries({ queryKey: executionQuery(id).queryKey });
    },
  });
  const answerers = wait.by ?? [];
  const mayAnswer = answerers.length === 0 ? me?.role !== 'viewer' : me !== undefined;
  return (
    <section className={classes.approval} aria-label={`Approval of ${name}`}>
      <p className={classes.ask}>{wait.ask ?? `May the step '${name}' go on?`}</p>
      <p className={classes.detail}>
        For {answerers.length === 0 ? 'those who may run plans' : answerers.join(' or ')}; asked <Time value={wait.since} />{wait.until != null && <>, too late after <Time value={wait.until} /></>}.
      </p>
      {mayAnswer && (
        <>
          <Textarea aria-label="Comment" placeholder="A comment, kept with the answer" autosize minRows={1} maxRows={5} value={comment} onChange={event => setComment(event.currentTarget.value)} />
          {answering.error !== null && <ProblemAlert error={answering.error} />}
          <Group gap="xs">
            <Button leftSection={<Check size={15} aria-hidden="true" />} loading={answering.isPending && answering.variables} disabled={answering.isPending} onClick={() => answering.mutate(true)}>Approve</Button>
            <Button variant="default" leftSection={<X size={15} aria-hidden="true" />} loading={answering.isPending && !answering.variables} disabled={answering.isPending} onClick={() => answering.mutate(false)}>Reject</Button>
          </Group>
        </>
      )}
    </section>
  );
}
