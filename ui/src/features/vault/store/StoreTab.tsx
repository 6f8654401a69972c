import { Alert, Button, Select, Stack, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, type Me } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { FormDialog } from '@/components/form/FormDialog';
import { mapFrom } from '@/components/form/settings';
import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Time } from '@/components/time/Time';
import { countText } from '@/components/time/words';
import { chooseStore, keyRingQuery, rotateKeys, storeQuery } from '../api/store';
import { storeText } from '../list/words';
import classes from './StoreTab.module.css';

/** Where credentials rest, and by which keys they are sealed. */
export function StoreTab({ me }: { me: Me | undefined }) {
  const store = useQuery(storeQuery);
  const [edits, editing] = useDisclosure(false);
  return (
    <div className={classes.stack}>
      <Card title="Where the workspace’s credentials rest" actions={may(me, 'owner') && store.data !== undefined && <Button size="xs" variant="default" onClick={editing.open}>Choose another store</Button>}>
        {store.error !== null ? <ProblemAlert error={store.error} onRetry={() => void store.refetch()} /> : store.data === undefined ? <Loading what="The store" /> : (
          <Stack gap="sm">
            <p className={classes.soft}>They rest {storeText(store.data.backend)}. One’s own credentials, and those of providers, are always in the hub’s database.</p>
            {Object.keys(store.data.backend_config).length > 0 && <JsonView value={store.data.backend_config} label="Settings of the store" />}
          </Stack>
        )}
      </Card>
      {me?.is_administrator === true && <KeyRing />}
      {edits && <ChooseStore isAdministrator={me?.is_administrator === true} onClose={editing.close} />}
    </div>
  );
}

function ChooseStore({ isAdministrator, onClose }: { isAdministrator: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [backend, setBackend] = useState('database');
  const [settings, setSettings] = useState('');
  const choosing = useMutation({
    mutationFn: () => chooseStore({ backend, backend_config: { [backend]: mapFrom(settings) ?? {} } }),
    onSuccess: async () => {
      toastDone('The store is chosen.');
      await Promise.all([client.invalidateQueries({ queryKey: ['credential-store'] }), client.invalidateQueries({ queryKey: ['credentials'] })]);
      onClose();
    },
  });
  return (
    <FormDialog title="Choose another store" isChanged={backend !== 'database' || settings !== ''} action="Use this store" onSubmit={() => choosing.mutate()} isBusy={choosing.isPending} error={choosing.error} onClose={onClose}>
      <Alert color="amber" variant="light">Nothing moves: what is stored where it rests now stays there, and is not found until this store is chosen again.</Alert>
      <Select
        label="Store" value={backend} onChange={next => setBackend(next ?? 'database')}
        data={[{ value: 'database', label: 'The hub’s database' }, { value: 'vault', label: 'HashiCorp Vault or OpenBao' }, ...(isAdministrator ? [{ value: 'file', label: 'An encrypted file' }, { value: 'env', label: 'The environment of the hub' }] : [])]}
      />
      {backend !== 'database' && <Textarea label="Settings" description="Each line a setting and its value, such as “url: https://vault.example.org”." autosize minRows={3} value={settings} onChange={event => setSettings(event.currentTarget.value)} spellCheck={false} />}
    </FormDialog>
  );
}

function KeyRing() {
  const client = useQueryClient();
  const [asks, asking] = useDisclosure(false);
  const ring = useQuery({ ...keyRingQuery, refetchInterval: query => (query.state.data?.rotation?.is_complete === false ? 1_000 : false) });
  const rotation = ring.data?.rotation;
  return (
    <Card title="Keys of this hub" actions={<Button size="xs" variant="default" onClick={asking.open}>Rotate the keys</Button>}>
      {ring.error !== null ? <ProblemAlert error={ring.error} onRetry={() => void ring.refetch()} /> : ring.data === undefined ? <Loading what="The key ring" /> : (
        <Stack gap="md">
          <p className={classes.soft}>The master key is in {ring.data.place}. Keep a copy of it apart from the database: without it no credential opens.</p>
          <div className={classes.scroll}>
            <table className={classes.table}>
              <thead><tr><th>Generation</th><th>Data keys</th><th>Credentials</th><th>Made</th></tr></thead>
              <tbody>{ring.data.data_keys.map(keys => <tr key={keys.generation}><td>{keys.generation}</td><td>{countText(keys.keys)}</td><td>{countText(keys.credentials)}</td><td><Time value={keys.created_at} /></td></tr>)}</tbody>
            </table>
          </div>
          <div className={classes.scroll}>
            <table className={classes.table}>
              <thead><tr><th>Master key</th><th>Data keys under it</th><th>Made</th><th>State</th></tr></thead>
              <tbody>{ring.data.master_keys.map(key => <tr key={key.fingerprint}><td><code>{key.fingerprint}</code></td><td>{countText(key.data_keys)}</td><td><Time value={key.created_at} /></td><td>{key.retired_at != null ? 'retired: it may be taken away' : key.is_first ? 'in use' : 'opens what is older'}</td></tr>)}</tbody>
            </table>
          </div>
          {rotation != null && <p className={classes.soft}>{rotation.is_complete ? <>The last rotation ended <Time value={rotation.ended_at} />.</> : `A rotation goes on: ${countText(rotation.left)} are left.`}{rotation.unreadable > 0 && ` ${countText(rotation.unreadable)} cannot be opened.`}</p>}
        </Stack>
      )}
      <ConfirmDanger opened={asks} onClose={asking.close} title="Rotate the keys?" action="Rotate the keys" refusal="Not now" onConfirm={async () => { await rotateKeys(); toastDone('Credentials are being sealed anew.'); await client.invalidateQueries({ queryKey: ['vault'] }); }}>
        New keys are made and every credential is sealed anew, in the background. Nothing stops meanwhile. Copy the master key anew afterwards; backups of before still need the one of before.
      </ConfirmDanger>
    </Card>
  );
}
