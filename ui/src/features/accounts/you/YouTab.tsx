import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Time } from '@/components/time/Time';
import { changePassword } from '../api/change-password';
import { endSession, sessionsQuery } from '../api/sessions';
import { programText } from '../people/words';
import classes from '../people/lists.module.css';

/** One's own password, and where one is signed in. */
export function YouTab() {
  return <div className={classes.you}><Password /><Sessions /></div>;
}

function Password() {
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== next;
  const changing = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent(''); setNext(''); setAgain('');
      toastDone('Your password is changed, and you are signed out everywhere else.');
      return client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Card title="Your password">
      <form onSubmit={event => { event.preventDefault(); if (!differs) changing.mutate(); }}>
        <Stack gap="md" maw={380}>
          <PasswordInput label="Present password" autoComplete="current-password" value={current} onChange={event => setCurrent(event.currentTarget.value)} required withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': 'Show the present password' }} />
          <PasswordInput label="New password" description="8 characters or more." autoComplete="new-password" value={next} onChange={event => setNext(event.currentTarget.value)} required withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }} />
          <PasswordInput label="New password again" autoComplete="new-password" value={again} onChange={event => setAgain(event.currentTarget.value)} error={differs && 'The two are not the same yet.'} required withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': 'Show the new password, typed again' }} />
          {changing.error !== null && <ProblemAlert error={changing.error} />}
          <Group><Button type="submit" disabled={differs} loading={changing.isPending}>Change the password</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}

function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const ending = useMutation({ mutationFn: endSession, onError: error => toastProblem(error, 'That session is still there'), onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }) });
  return (
    <Card title="Where you are signed in">
      {sessions.error !== null ? <ProblemAlert error={sessions.error} onRetry={() => void sessions.refetch()} /> : sessions.data === undefined ? <Loading what="The list" /> : (
        <ul className={classes.list}>
          {sessions.data.map(session => (
            <li key={session.id} className={classes.session}>
              <div><b>{programText(session.program)}</b> <span className={classes.soft}>from {session.address ?? 'an unknown address'}, last used <Time value={session.last_used_at} /></span></div>
              {session.is_current ? <span className={classes.mark}>This one</span> : <Button size="xs" variant="default" aria-label={`Sign out ${programText(session.program)}`} loading={ending.isPending && ending.variables === session.id} onClick={() => ending.mutate(session.id)}>Sign out</Button>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
