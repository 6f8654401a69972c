import { Button, Group, Stack, TagsInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useState } from 'react';
import { changeProviderFields } from '@/api/provider-fields';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { changeCredential } from '../api/change-credential';
import type { Credential } from '../api/credentials';
import { SecretInput } from '../forms/SecretInput';
import classes from './CredentialDrawer.module.css';

interface ReplaceSectionProps {
  credential: Credential;
  /** Whether there is something in it that is not saved. */
  onTyped: (isTyped: boolean) => void;
}

/** A new value, or other hosts. What is left empty stays. */
export function ReplaceSection({ credential, onTyped }: ReplaceSectionProps) {
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const [hosts, setHosts] = useState<string[]>([...credential.allowed_hosts]);
  const isProvider = credential.provider != null;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const count = Object.keys(given).length;
  const hasHosts = JSON.stringify(hosts) !== JSON.stringify(credential.allowed_hosts);
  const isTyped = count > 0 || hasHosts;
  useLayoutEffect(() => onTyped(isTyped), [isTyped, onTyped]);
  // The hub takes a provider's fields all together.
  const isPart = isProvider && count > 0 && count < credential.fields.length;
  const saving = useMutation({
    mutationFn: () => {
      const common = { scope: credential.scope, version: credential.version ?? undefined, allowed_hosts: hasHosts ? hosts : undefined };
      return isProvider ? changeProviderFields(credential.provider!, { ...common, fields: count > 0 ? given : undefined }) : changeCredential(credential.name, { ...common, value: count > 0 ? given.value : undefined });
    },
    onSuccess: () => {
      setValues({});
      toastDone('It is changed, and used from now on.');
      return client.invalidateQueries({ queryKey: ['credentials'] });
    },
  });
  return (
    <section className={classes.section} aria-label="Replace">
      <h3 className={classes.title}>Replace</h3>
      <form onSubmit={event => { event.preventDefault(); saving.mutate(); }} autoComplete="off">
        <Stack gap="sm">
          {credential.fields.map(field => <SecretInput key={field} label={isProvider ? `New ${field}` : 'New value'} value={values[field] ?? ''} onChange={value => setValues({ ...values, [field]: value })} required={false} />)}
          <TagsInput label="Hosts" description="It is sent nowhere else. Without any, wherever a plan sends it." value={hosts} onChange={setHosts} />
          {isPart && <p className={classes.soft}>Give all fields of the provider: they are stored together.</p>}
          {saving.error !== null && <ProblemAlert error={saving.error} />}
          <Group><Button type="submit" size="xs" disabled={isPart || !isTyped} loading={saving.isPending}>Save the change</Button></Group>
        </Stack>
      </form>
    </section>
  );
}
