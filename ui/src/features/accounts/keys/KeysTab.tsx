import { Button, Checkbox, Group, Select, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useMemo, useState } from 'react';
import { may, type Me } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { FormDialog } from '@/components/form/FormDialog';
import { EmptyState } from '@/components/page/EmptyState';
import { StatusBadge } from '@/components/status/StatusBadge';
import { DataTable, type Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import { addKey, keysQuery, revokeKey, rotateKey, type ApiKey } from '../api/keys';
import { ShownOnce } from '../people/ShownOnce';
import classes from '../people/lists.module.css';
import { expiryOf, expiries, keyStatus, scopes } from './words';

type Asked = { act: 'rotate' | 'revoke'; key: ApiKey } | null;

/** One's own API keys: for programs, and for the command line. */
export function KeysTab({ me }: { me: Me | undefined }) {
  const client = useQueryClient();
  const list = useInfiniteQuery(keysQuery);
  const [adds, adding] = useDisclosure(false);
  const [asked, setAsked] = useState<Asked>(null);
  const [once, setOnce] = useState<{ name: string; key: string } | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ['api-keys'] });
  const columns = useMemo((): readonly Column<ApiKey>[] => [
    { id: 'name', header: 'Name', width: '1.3fr', narrow: 'title', cell: key => <b>{key.name}</b> },
    { id: 'state', header: 'State', width: '110px', cell: key => <StatusBadge status={keyStatus(key, Date.now())} /> },
    { id: 'scopes', header: 'May', width: '1.3fr', cell: key => <span className={classes.soft}>{(key.scopes ?? []).join(', ')}</span> },
    { id: 'used', header: 'Last used', width: '110px', cell: key => <Time value={key.last_used_at} empty="never" /> },
    { id: 'expires', header: 'Expires', width: '110px', narrow: 'hide', cell: key => <Time value={key.expires_at} empty="never" /> },
    {
      id: 'acts', header: 'Change', width: '170px',
      cell: key => key.revoked_at == null && (
        <Group gap={4} wrap="nowrap">
          <Button size="compact-xs" variant="subtle" color="gray" aria-label={`New secret for ${key.name}`} onClick={() => setAsked({ act: 'rotate', key })}>New secret</Button>
          <Button size="compact-xs" variant="subtle" color="red" aria-label={`Revoke ${key.name}`} onClick={() => setAsked({ act: 'revoke', key })}>Revoke</Button>
        </Group>
      ),
    },
  ], []);
  const rows = list.data?.pages.flatMap(page => page.items);
  const add = <Button size="xs" onClick={adding.open}>Make a key</Button>;
  return (
    <div className={classes.stage}>
      <div className={classes.bar}><p>Yours in the workspace {me?.workspace}. A key never may more than you do.</p>{add}</div>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="API keys" columns={columns} rows={rows} rowId={row => row.id!} more={list}
          empty={<EmptyState icon={<KeyRound size={22} />} title="You have no key yet" action={add}>Programs that use the API sign in by a key: <code>Authorization: Bearer …</code>. The command line makes one by itself: <code>gantry login</code>.</EmptyState>}
        />
      )}
      {adds && <AddKey me={me} onClose={adding.close} onAdded={async key => { adding.close(); setOnce(key); await refresh(); }} />}
      <ConfirmDanger opened={asked?.act === 'rotate'} onClose={() => setAsked(null)} title={`Give ${asked?.key.name ?? ''} a new secret?`} action="New secret" onConfirm={async () => { setOnce(await rotateKey(asked!.key.id!)); await refresh(); }}>
        The present one does not work any more, at once. Whatever uses it needs the new one.
      </ConfirmDanger>
      <ConfirmDanger opened={asked?.act === 'revoke'} onClose={() => setAsked(null)} title={`Revoke ${asked?.key.name ?? ''}?`} action="Revoke key" onConfirm={async () => { await revokeKey(asked!.key.id!); await refresh(); }}>
        Whatever uses it is refused from now on. It cannot be taken back.
      </ConfirmDanger>
      {once !== null && <ShownOnce title={`The key ${once.name}`} secret={once.key} onClose={() => setOnce(null)}>It is shown this once: the hub keeps only what it needs to know it again.</ShownOnce>}
    </div>
  );
}

function AddKey({ me, onClose, onAdded }: { me: Me | undefined; onClose: () => void; onAdded: (key: { name: string; key: string }) => void }) {
  const [name, setName] = useState('');
  const [step, setStep] = useState('read');
  const [reveals, setReveals] = useState(false);
  const [expiry, setExpiry] = useState('90');
  const making = useMutation({
    mutationFn: () => addKey({ name: name.trim(), scopes: reveals ? [step, 'reveal'] : [step], expires_at: expiryOf(expiry, Date.now()) }),
    onSuccess: onAdded,
  });
  return (
    <FormDialog title="Make a key" isChanged={name !== '' || reveals || step !== 'read' || expiry !== '90'} action="Make the key" onSubmit={() => making.mutate()} isBusy={making.isPending} error={making.error} onClose={onClose}>
      <TextInput label="Name" description="Of the program that will use it." value={name} onChange={event => setName(event.currentTarget.value)} required withAsterisk={false} autoComplete="off" data-autofocus />
      <Select label="It may" value={step} onChange={next => setStep(next ?? 'read')} data={scopes.filter(scope => may(me, scope.role)).map(({ value, label }) => ({ value, label }))} />
      {may(me, 'editor') && <Checkbox label="Read values of credentials, too" description="Each reading is on record." checked={reveals} onChange={event => setReveals(event.currentTarget.checked)} />}
      <Select label="Expires" value={expiry} onChange={next => setExpiry(next ?? '90')} data={[...expiries]} />
    </FormDialog>
  );
}
