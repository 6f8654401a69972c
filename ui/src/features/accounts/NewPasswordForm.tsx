import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { changePassword } from './api/change-password';

/** @param current What was just signed in with; asked for when the page was loaded anew since. */
export function NewPasswordForm({ current, onDone }: { current: string; onDone: () => Promise<void> }) {
  const [old, setOld] = useState(current);
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const changing = useMutation({
    mutationFn: async () => {
      await changePassword(old, next);
      await onDone();
    },
  });
  const differs = again !== '' && again !== next;
  return (
    <form onSubmit={event => { event.preventDefault(); if (!differs) changing.mutate(); }}>
      <Stack gap="md">
        {current === '' && <PasswordInput label="One-time password" autoComplete="current-password" value={old} onChange={event => setOld(event.currentTarget.value)} required withAsterisk={false} />}
        <PasswordInput label="New password" autoComplete="new-password" description="8 characters or more." value={next} onChange={event => setNext(event.currentTarget.value)} required withAsterisk={false} autoFocus />
        <PasswordInput label="New password again" autoComplete="new-password" value={again} onChange={event => setAgain(event.currentTarget.value)} error={differs && 'The two are not the same yet.'} required withAsterisk={false} />
        {changing.error !== null && <ProblemAlert error={changing.error} />}
        <Button type="submit" size="md" loading={changing.isPending} disabled={differs} fullWidth>Set the password and go on</Button>
      </Stack>
    </form>
  );
}
