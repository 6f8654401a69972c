import { Button, Group, Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Eye, EyeOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Copier } from '@/components/json/JsonView';
import { revealCredential } from '../api/change-credential';
import type { Credential } from '../api/credentials';
import classes from './CredentialDrawer.module.css';

const shownSeconds = 30;

/** The value, only when somebody says so: it is on record, and hidden again after a while. */
export function RevealSection({ credential }: { credential: Credential }) {
  const [asks, setAsks] = useState(false);
  const [field, setField] = useState<string | null>(credential.fields.length === 1 ? null : credential.fields[0] ?? null);
  const [left, setLeft] = useState(0);
  const { data: value, error, isPending, mutate, reset } = useMutation({
    mutationFn: () => revealCredential(credential.name, credential.scope, field),
    onSuccess: () => { setAsks(false); setLeft(shownSeconds); },
    gcTime: 0,
  });
  useEffect(() => {
    if (value === undefined) return;
    const timer = setInterval(() => setLeft(before => before - 1), 1_000);
    return () => clearInterval(timer);
  }, [value]);
  useEffect(() => {
    if (value !== undefined && left <= 0) reset();
  }, [left, reset, value]);
  return (
    <section className={classes.section} aria-label="Value">
      <h3 className={classes.title}>Value</h3>
      {value !== undefined ? (
        <>
          <div className={classes.value}><pre aria-label="The value">{value}</pre><Copier text={value} label="Copy the value" /></div>
          <Group gap="xs"><Button size="xs" variant="default" leftSection={<EyeOff size={14} aria-hidden="true" />} onClick={() => { setLeft(0); reset(); }}>Hide it</Button><span className={classes.soft}>hidden by itself in {left} s</span></Group>
        </>
      ) : asks ? (
        <>
          <p className={classes.soft}>That you read it is written to the audit log, with your name and the time. Owners of the workspace see that.</p>
          {field !== null && <Select label="Field" data={credential.fields} value={field} onChange={setField} />}
          {error !== null && <ProblemAlert error={error} />}
          <Group gap="xs"><Button size="xs" loading={isPending} onClick={() => mutate()}>Show it, on record</Button><Button size="xs" variant="default" onClick={() => { setAsks(false); reset(); }}>Leave it hidden</Button></Group>
        </>
      ) : <div><Button size="xs" variant="default" leftSection={<Eye size={14} aria-hidden="true" />} onClick={() => setAsks(true)}>Show the value …</Button></div>}
    </section>
  );
}
