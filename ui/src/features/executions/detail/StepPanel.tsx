import { CloseButton } from '@mantine/core';
import { Card } from '@/components/page/Card';
import { JsonView } from '@/components/json/JsonView';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Duration, Time } from '@/components/time/Time';
import { Output } from './Output';
import type { Attempt } from './timeline';
import { metadataOf, usesOf } from './uses';
import { UsesLinks } from './UsesLinks';
import classes from './StepPanel.module.css';

/** All that is known of one step: each attempt with what it gave, or why it failed. The last attempt comes first. */
export function StepPanel({ attempts, name, onClose }: { attempts: Attempt[]; name: string; onClose: () => void }) {
  return (
    <Card title={<>Step <code>{name}</code></>} actions={<CloseButton aria-label="Close the step" onClick={onClose} />}>
      {attempts.length === 0 && <p className={classes.soft}>This step was not begun.</p>}
      {attempts.toReversed().map(attempt => (
        <section key={attempt.attempt} className={classes.attempt} aria-label={`Attempt ${attempt.attempt}`}>
          <div className={classes.line}>
            <StatusBadge status={attempt.status} />
            <span className={classes.soft}>attempt {attempt.attempt} of <code>{attempt.use}</code>, <Time value={attempt.started_at} />, <Duration from={attempt.started_at} to={attempt.ended_at} /></span>
          </div>
          {attempt.error != null && (
            <p className={classes.error}>
              {attempt.error.message}
              <span className={classes.kind}>{attempt.error.kind.replaceAll('_', ' ')}{attempt.error.status != null && `, status ${attempt.error.status}`} · {attempt.error.transient ? 'trying again may help' : 'trying again does not help by itself'}</span>
            </p>
          )}
          <UsesLinks uses={usesOf(attempt)} />
          {attempt.message != null && attempt.message !== attempt.error?.message && <p className={classes.message}>{attempt.message}</p>}
          <Output value={attempt.output} url={attempt.output_url} bytes={attempt.output_bytes} label="Output" />
          {metadataOf(attempt) !== null && <details><summary>Metadata</summary><JsonView value={metadataOf(attempt)} label="Metadata" /></details>}
        </section>
      ))}
    </Card>
  );
}
