import { Button, Group, Select } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Loading } from '@/components/page/Loading';
import { Time } from '@/components/time/Time';
import { planDiffQuery, planVersionsQuery } from '../api/plan-versions';
import { restoreVersion } from '../api/restore-version';
import { planQuery, type ShownPlan } from '../api/show-plan';
import { DiffView } from './DiffView';
import { diffSentences } from './diff-words';
import classes from './VersionsTab.module.css';

interface VersionsTabProps {
  plan: ShownPlan;
  from: number | undefined;
  to: number | undefined;
  canRestore: boolean;
  onCompare: (from: number | undefined, to: number | undefined) => void;
  onRestored: (plan: ShownPlan) => void;
}

/** What the plan was, who changed it when, and what they changed. */
export function VersionsTab({ plan, from, to, canRestore, onCompare, onRestored }: VersionsTabProps) {
  const list = useInfiniteQuery(planVersionsQuery(plan.name));
  const client = useQueryClient();
  const [restored, setRestored] = useState<number | null>(null);
  const restoring = useMutation({
    mutationFn: (version: number) => restoreVersion({ plan: plan.id, version }),
    onSuccess: next => {
      toastDone(`Version ${restored} is the newest again, as version ${next.version}.`);
      onRestored(next);
      client.setQueryData(planQuery(next.name).queryKey, next);
      onCompare(undefined, undefined);
      return client.invalidateQueries({ queryKey: ['plans'] });
    },
  });
  const versions = list.data?.pages.flatMap(page => page.items) ?? [];
  const later = to ?? plan.version;
  const earlier = from ?? Math.max(1, later - 1);
  const names = Array.from({ length: plan.version }, (_, index) => `${plan.version - index}`);
  if (list.data === undefined) return list.error === null ? <Loading what="The versions" /> : <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <div className={classes.versions}>
      <div className={classes.list} role="group" aria-label="Versions">
        {versions.map(version => (
          <button key={version.version} type="button" className={classes.version} aria-pressed={version.version === later} onClick={() => onCompare(undefined, version.version)}>
            <b>Version {version.version}{version.version === plan.version && <span className={classes.newest}>newest</span>}</b>
            <span><Time value={version.created_at} />{version.user != null && <> by {version.user}</>}</span>
          </button>
        ))}
        {list.hasNextPage && <Button variant="subtle" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Older versions</Button>}
      </div>
      <section className={classes.compare} aria-label="What was changed">
        <Group gap="sm" justify="space-between">
          <Group gap="xs">
            <Select aria-label="Compare with version" size="xs" w={130} data={names.map(name => ({ value: name, label: `Version ${name}` }))} value={String(earlier)} onChange={value => onCompare(Number(value), later)} />
            <span className={classes.soft}>beside version {later}</span>
          </Group>
          {canRestore && later !== plan.version && <Button size="xs" variant="default" leftSection={<History size={14} aria-hidden="true" />} onClick={() => setRestored(later)}>Restore version {later}</Button>}
        </Group>
        {earlier === later ? <p className={classes.soft}>{plan.version === 1 ? 'This is the first version: there is nothing to compare it with yet.' : 'Choose another version to compare it with.'}</p> : <Compared plan={plan.name} from={earlier} to={later} />}
      </section>
      <ConfirmDanger opened={restored !== null} onClose={() => setRestored(null)} title={`Restore version ${restored}?`} action="Restore it" refusal="Not now" onConfirm={() => restoring.mutateAsync(restored!)}>
        Its text becomes version {plan.version + 1}, and its triggers start the plan from then on. The versions in between stay here. What is written and not saved is given up.
      </ConfirmDanger>
    </div>
  );
}

function Compared({ plan, from, to }: { plan: string; from: number; to: number }) {
  const diff = useQuery(planDiffQuery(plan, from, to));
  if (diff.data === undefined) return diff.error === null ? <Loading what="What was changed" /> : <ProblemAlert error={diff.error} onRetry={() => void diff.refetch()} />;
  return (
    <>
      <ul className={classes.changes}>{diffSentences(diff.data).map(sentence => <li key={sentence}>{sentence}</li>)}</ul>
      <DiffView before={diff.data.before} after={diff.data.after} beforeLabel={`Version ${from}`} afterLabel={`Version ${to}`} />
    </>
  );
}
