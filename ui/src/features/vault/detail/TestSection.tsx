import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { testCredential } from '../api/change-credential';
import type { Credential } from '../api/credentials';
import classes from './CredentialDrawer.module.css';

/** Signs in to an FTP or SFTP server with it. */
export function TestSection({ credential }: { credential: Credential }) {
  const isSftp = /_SFTP_/i.test(credential.name);
  const [host, setHost] = useState('');
  const [user, setUser] = useState('');
  const [tls, setTls] = useState<'explicit' | 'implicit' | 'none'>('explicit');
  const testing = useMutation({ mutationFn: () => testCredential(credential.name, { host: host === '' ? undefined : host, user: user === '' ? undefined : user, ...(isSftp ? {} : { tls }) }) });
  const result = testing.data;
  return (
    <section className={classes.section} aria-label="Try it">
      <h3 className={classes.title}>Try it</h3>
      <p className={classes.soft}>Signs in to the server and touches nothing there. Where host or user are empty, the credentials beside it say them.</p>
      <form onSubmit={event => { event.preventDefault(); testing.mutate(); }}>
        <Stack gap="sm">
          <Group grow><TextInput label="Host" value={host} onChange={event => setHost(event.currentTarget.value)} spellCheck={false} autoComplete="off" /><TextInput label="User" value={user} onChange={event => setUser(event.currentTarget.value)} spellCheck={false} autoComplete="off" /></Group>
          {!isSftp && <Select label="TLS" value={tls} onChange={next => setTls(next ?? 'explicit')} data={[{ value: 'explicit', label: 'Explicit: the usual' }, { value: 'implicit', label: 'Implicit: port 990' }, { value: 'none', label: 'None: the password goes in the clear' }]} />}
          {testing.error !== null && <ProblemAlert error={testing.error} />}
          {result !== undefined && (result.ok
            ? <p className={classes.good}>Signed in to {result.host}:{result.port} as {result.user}.</p>
            : <p className={classes.bad}>{result.detail ?? result.reason} <span className={classes.soft}>({result.passed.length === 0 ? 'nothing went well before' : `it went well until then: ${result.passed.join(', ')}`})</span></p>)}
          <Group><Button type="submit" size="xs" variant="default" loading={testing.isPending}>Sign in with it</Button></Group>
        </Stack>
      </form>
    </section>
  );
}
