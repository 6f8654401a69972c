import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleDashed, CircleX, FolderOpen, Gauge, ListTree, PlugZap } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Time } from '@/components/time/Time';
import type { Endpoint } from '../api/list-endpoints';
import type { EndpointUse } from '../api/list-uses';
import { changeEndpoint } from '../api/save-endpoint';
import { testEndpoint, type TestResult } from '../api/test-endpoint';
import { titleOfFailure } from '../testing/phases';
import { TestReport } from '../testing/TestReport';
import { KindIcon } from './KindIcon';
import { Uses } from './Uses';
import { limitWords } from './words';
import classes from './EndpointCard.module.css';

/** One place for files at a glance. */
export function EndpointCard({ endpoint, kindTitle, uses }: { endpoint: Endpoint; kindTitle: string; uses: readonly EndpointUse[] | undefined }) {
  const me = useQuery(meQuery).data;
  const client = useQueryClient();
  const [result, setResult] = useState<TestResult | null>(null);
  const testing = useMutation({ mutationFn: () => testEndpoint(endpoint.name), onSuccess: found => { setResult(found); return client.invalidateQueries({ queryKey: ['endpoints'] }); } });
  const accepting = useMutation({
    mutationFn: ({ setting, key }: { setting: string; key: string }) => changeEndpoint(endpoint.name, { settings: { [setting]: key } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['endpoints'] });
      testing.mutate();
    },
  });
  const limits = limitWords(endpoint.limits);
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <span className={classes.icon}><KindIcon kind={endpoint.kind} /></span>
        <div className={classes.names}>
          <Link to="/endpoints/$endpoint" params={{ endpoint: endpoint.name }} search={{}} className={classes.name}>{endpoint.name}</Link>
          <p className={classes.address} title={endpoint.address}>{kindTitle} · {endpoint.address}</p>
        </div>
      </div>
      <ul className={classes.facts}>
        <li title="What names it"><ListTree size={14} aria-hidden="true" />{uses === undefined ? '…' : uses.length === 0 ? 'No plan names it' : <Uses uses={uses} />}</li>
        <li title="Limits"><Gauge size={14} aria-hidden="true" />{limits.length === 0 ? 'No limits' : limits.join(', ')}</li>
        <li title="Last test" data-tone={endpoint.last_test == null ? undefined : endpoint.last_test.ok ? 'good' : 'bad'}><LastTest endpoint={endpoint} /></li>
      </ul>
      {result !== null && <TestReport result={result} onAccept={may(me, 'editor') ? (setting, key) => accepting.mutate({ setting, key }) : undefined} isAccepting={accepting.isPending || testing.isPending} />}
      {[testing.error, accepting.error].map((error, index) => error !== null && <ProblemAlert key={index} error={error} />)}
      {may(me, 'operator') && (
        <div className={classes.actions}>
          <Button renderRoot={props => <Link {...props} to="/files" search={{ left: `${endpoint.name}:` }} />} variant="default" size="xs" leftSection={<FolderOpen size={14} aria-hidden="true" />}>Browse</Button>
          <Button variant="default" size="xs" leftSection={<PlugZap size={14} aria-hidden="true" />} loading={testing.isPending} onClick={() => testing.mutate()}>Test</Button>
        </div>
      )}
    </li>
  );
}

/** How the last test ended; one from before the last change says little. */
function LastTest({ endpoint: { last_test: test, updated_at } }: { endpoint: Endpoint }) {
  if (test == null) return <><CircleDashed size={14} aria-hidden="true" />Never tested</>;
  const isOld = Date.parse(test.tested_at) < Date.parse(updated_at);
  return (
    <>
      {test.ok ? <CircleCheck size={14} aria-hidden="true" /> : <CircleX size={14} aria-hidden="true" />}
      <span title={test.detail ?? undefined}>{test.ok ? 'Worked' : titleOfFailure(test.failed_phase ?? 'connect')} <Time value={test.tested_at} />{isOld && ', changed since'}</span>
    </>
  );
}
