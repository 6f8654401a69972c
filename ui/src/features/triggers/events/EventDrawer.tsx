import { Alert, Button, Drawer, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RotateCcw, TriangleAlert } from 'lucide-react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { JsonView } from '@/components/json/JsonView';
import { Loading } from '@/components/page/Loading';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Time } from '@/components/time/Time';
import { exactText } from '@/components/time/words';
import { replayEvent } from '../api/replay-event';
import { eventQuery } from '../api/show-event';
import { canReplay, kindWords, meaningOf, payloadOf } from './words';
import classes from './EventDrawer.module.css';

interface EventDrawerProps {
  event: string;
  mayReplay: boolean;
  onClose: () => void;
  /** Another one came of it. */
  onShow: (event: string) => void;
}

/** One event: what was seen, what became of it and why, and once more. */
export function EventDrawer({ event, mayReplay, onClose, onShow }: EventDrawerProps) {
  const query = useQuery({ ...eventQuery(event), refetchInterval: 5_000 });
  const client = useQueryClient();
  const replaying = useMutation({
    mutationFn: () => replayEvent(event),
    onSuccess: next => {
      toastDone(next.status === 'accepted' ? 'It started an execution.' : `It was tried again, and is ${next.status}.`);
      if (next.id !== undefined && next.id !== event) onShow(next.id);
      return client.invalidateQueries({ queryKey: ['events'] });
    },
  });
  const found = query.data;
  const payload = payloadOf(found?.trigger);
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={<Text fw={600} component="span">Event</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      {found === undefined ? query.error === null ? <Loading what="The event" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : (
        <div className={classes.event}>
          <div className={classes.head}><h2>{found.summary === '' ? kindWords[found.kind!] : found.summary}</h2><StatusBadge status={found.status!} /></div>
          <p className={classes.soft}>{meaningOf(found.status!)}{found.next_attempt_at != null && <> Next attempt <Time value={found.next_attempt_at} />.</>}</p>
          {found.reason != null && (found.status === 'dead' || found.status === 'failed' || found.status === 'alert'
            ? <Alert color="red" variant="light" icon={<TriangleAlert size={17} />}><span className={classes.reason}>{found.reason}</span></Alert>
            : <p className={classes.reason}>{found.reason}</p>)}
          <div className={classes.actions}>
            {found.execution_id != null && <Button component={Link} variant="default" size="xs" {...{ to: `/executions/${found.execution_id}` }}>Show the execution</Button>}
            {mayReplay && canReplay(found.status!) && <Button size="xs" variant={found.status === 'dead' || found.status === 'failed' ? 'filled' : 'default'} leftSection={<RotateCcw size={13} aria-hidden="true" />} loading={replaying.isPending} onClick={() => replaying.mutate()}>Replay</Button>}
          </div>
          {replaying.error !== null && <ProblemAlert error={replaying.error} />}
          <dl className={classes.facts}>
            <Fact name="Seen">{exactText(found.occurred_at!)}</Fact>
            <Fact name="Kind">{kindWords[found.kind!] ?? found.kind}</Fact>
            {found.plan != null && <Fact name="Plan"><Link to="/plans/$plan" params={{ plan: found.plan }} search={{}}>{found.plan}</Link></Fact>}
            {found.key != null && <Fact name="Known by"><code>{found.key}</code></Fact>}
            {(found.attempts ?? 0) > 1 && <Fact name="Attempts">{found.attempts}</Fact>}
            {found.original_id != null && <Fact name="Repeats"><button type="button" className={classes.link} onClick={() => onShow(found.original_id!)}>an earlier event</button></Fact>}
            {payload.facts.map(([name, value]) => <Fact key={name} name={name}><span className={classes.value}>{value}</span></Fact>)}
          </dl>
          {payload.body !== undefined && payload.body !== null && <section><h3>Body</h3><JsonView value={payload.body} label="Body" /></section>}
          {payload.headers.length > 0 && (
            <details>
              <summary>Headers ({payload.headers.length})</summary>
              <p className={classes.soft}>Those that say who somebody is are not kept.</p>
              <dl className={classes.facts}>{payload.headers.map(([name, value]) => <Fact key={name} name={name}><span className={classes.value}>{value}</span></Fact>)}</dl>
            </details>
          )}
        </div>
      )}
    </Drawer>
  );
}

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) => <><dt>{name}</dt><dd>{children}</dd></>;
