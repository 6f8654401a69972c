import { Button, Group, Stack, TagsInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, type Me } from '@/api/me';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { egressQuery, setEgress } from '../api/egress';
import classes from './SettingsPage.module.css';

/** What the workspace may reach besides the public internet. */
export function EgressTab({ me }: { me: Me | undefined }) {
  const rules = useQuery(egressQuery);
  return (
    <Card title="What plans and endpoints may reach">
      {rules.error !== null ? <ProblemAlert error={rules.error} onRetry={() => void rules.refetch()} /> : rules.data === undefined ? <Loading what="The list" /> : <Rules key={rules.data.join(' ')} saved={rules.data} mayEdit={may(me, 'owner')} />}
    </Card>
  );
}

function Rules({ saved, mayEdit }: { saved: readonly string[]; mayEdit: boolean }) {
  const client = useQueryClient();
  const [rules, setRules] = useState([...saved]);
  const saving = useMutation({ mutationFn: () => setEgress(rules), onSuccess: () => { toastDone('It holds from now on.'); return client.invalidateQueries({ queryKey: ['egress'] }); } });
  return (
    <Stack gap="md">
      <AskBeforeLeaving when={rules.join(' ') !== saved.join(' ') && !saving.isPending} />
      <p className={classes.soft}>Requests go to public addresses only, so that a plan cannot be tricked into calling the hub’s own network. What it may reach besides is named here, as host:port.{saved.length === 0 && ' Nothing is named now.'}</p>
      <TagsInput label="Hosts and ports" placeholder={mayEdit ? 'files.lan:22, then Enter' : undefined} value={rules} onChange={setRules} disabled={!mayEdit} />
      {saving.error !== null && <ProblemAlert error={saving.error} />}
      {mayEdit ? <Group><Button disabled={rules.join(' ') === saved.join(' ')} loading={saving.isPending} onClick={() => saving.mutate()}>Save</Button></Group> : <p className={classes.soft}>Owners of the workspace change this.</p>}
    </Stack>
  );
}
