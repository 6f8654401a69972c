import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { signIn } from './api/sign-in';

export function SignInForm({ onDone }: { onDone: (password: string, mustChange: boolean) => Promise<void> }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: async () => onDone(password, (await signIn(user.trim(), password)).mustChangePassword),
  });
  return (
    <form onSubmit={event => { event.preventDefault(); entering.mutate(); }}>
      <Stack gap="md">
        <TextInput label="User" name="username" autoComplete="username" size="md" value={user} onChange={event => setUser(event.currentTarget.value)} required withAsterisk={false} autoFocus autoCapitalize="none" spellCheck={false} />
        <PasswordInput label="Password" name="password" autoComplete="current-password" size="md" value={password} onChange={event => setPassword(event.currentTarget.value)} required withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }} />
        {entering.error !== null && <ProblemAlert error={entering.error} />}
        <Button type="submit" size="md" loading={entering.isPending} fullWidth>Sign in</Button>
      </Stack>
    </form>
  );
}
