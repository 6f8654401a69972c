import { Badge, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { Time } from '@/components/time/Time';
import { disconnect, verifyConnection } from '../api/connect';
import { connectionsQuery, type Connection } from '../api/connections';
import classes from './Connect.module.css';
import { ConnectForm } from './ConnectForm';
import { DeviceConsent } from './DeviceConsent';
import type { Needs } from './fields';
import { useConsent } from './useConsent';

/** The connections to a provider, and a form for one more. */
export function Connections({ provider, title, needs }: { provider: string; title: string; needs: Needs }) {
  const me = useQuery(meQuery).data;
  const query = useQuery(connectionsQuery(provider));
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<string | null>(null);
  const [adds, setAdds] = useState(false);
  const mayConnect = may(me, 'operator');
  const connections = query.data ?? [];
  if (needs.fields.length === 0 && needs.ways.every(way => way.fields.length === 0 && !way.needs_consent)) return null;
  // The form stays while what came of it is read.
  const showsForm = mayConnect && (adds || (query.data !== undefined && connections.length === 0));
  return (
    <Card title="Connect" actions={mayConnect && !showsForm && connections.length > 0 && <Button size="xs" variant="default" onClick={() => setAdds(true)}>Connect another</Button>}>
      {query.error !== null && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {connections.length > 0 && (
        <ul className={classes.list} aria-label="Connections">
          {connections.map(connection => <OneConnection key={`${connection.scope} ${connection.name}`} connection={connection} mayConnect={mayConnect} onLeave={() => setLeaving(connection.name)} />)}
        </ul>
      )}
      {!mayConnect && connections.length === 0 && <p className={classes.soft}>Nobody is connected yet. Operators of the workspace connect it here.</p>}
      {showsForm && <ConnectForm provider={provider} needs={needs} onBegin={() => setAdds(true)} />}
      <ConfirmDanger
        opened={leaving !== null} onClose={() => setLeaving(null)} title={`Disconnect '${leaving ?? ''}' from ${title}?`} action="Disconnect"
        onConfirm={async () => {
          await disconnect(provider, leaving!);
          await queries.invalidateQueries({ queryKey: ['connections'] });
        }}
      >
        What is known of it is forgotten, and a consent is taken back. The stored fields stay under Credentials, and steps go on using them until they are deleted there.
      </ConfirmDanger>
    </Card>
  );
}

function OneConnection({ connection: { provider, name, scope, who, problem, needs_consent: needsConsent, checked_at: checkedAt }, mayConnect, onLeave }: { connection: Connection; mayConnect: boolean; onLeave: () => void }) {
  const queries = useQueryClient();
  const consent = useConsent(provider);
  const checking = useMutation({
    mutationFn: () => verifyConnection(provider, name),
    onSettled: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  });
  const failed = consent.error ?? checking.error;
  return (
    <li className={classes.connection}>
      <code>{name}</code>
      <Badge variant="light" color={problem === null && !needsConsent ? 'green' : 'red'} tt="none">{needsConsent ? 'Needs consent' : problem === null ? 'Connected' : 'Does not work'}</Badge>
      <span className={classes.who}>
        {[who, scope === 'workspace' ? 'for the workspace' : null, problem].filter(part => part !== null).join(' · ')}
        <span className={classes.checked}>Checked <Time value={checkedAt} /></span>
      </span>
      {mayConnect && (
        <span className={classes.acts}>
          {needsConsent && <Button size="compact-sm" variant="light" aria-label={`Agree again to ${name}`} loading={consent.isPending} onClick={() => consent.mutate({ connection: name })}>Agree again</Button>}
          <Button size="compact-sm" variant="subtle" aria-label={`Check ${name}`} loading={checking.isPending} onClick={() => checking.mutate()}>Check</Button>
          <Button size="compact-sm" variant="subtle" color="red" aria-label={`Disconnect ${name}`} onClick={onLeave}>Disconnect</Button>
        </span>
      )}
      {failed !== null && <div className={classes.below}><ProblemAlert error={failed} /></div>}
      {consent.data?.device != null && <div className={classes.below}><DeviceConsent device={consent.data.device} state={consent.data.state} /></div>}
    </li>
  );
}
