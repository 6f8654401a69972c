import { Button, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plug } from 'lucide-react';
import { useState } from 'react';
import { changeProviderFields } from '@/api/provider-fields';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { useFirstError } from '@/components/form/first-error';
import { SettingFields } from '@/components/form/SettingFields';
import { missingOf } from '@/components/form/settings';
import { verifyConnection } from '../api/connect';
import classes from './Connect.module.css';
import { DeviceConsent } from './DeviceConsent';
import { fieldsOf, givenOf, type Needs } from './fields';
import { useConsent } from './useConsent';
import { Verified } from './Verified';

/** Stores what a connection needs, and asks the provider, or the person, whether it is good. */
export function ConnectForm({ provider, needs, onBegin }: { provider: string; needs: Needs; onBegin: () => void }) {
  const queries = useQueryClient();
  const consent = useConsent(provider);
  const [wayId, setWay] = useState(needs.ways[0]?.id);
  const [name, setName] = useState(provider);
  const [shared, setShared] = useState(false);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [asked, setAsked] = useState(false);
  const { form, showFirstError } = useFirstError<HTMLFormElement>();
  const way = needs.ways.find(each => each.id === wayId);
  const fields = fieldsOf(needs, way);
  const missing = missingOf(fields, values);
  const connect = useMutation({
    mutationFn: async () => {
      const given = givenOf(fields, values);
      if (Object.keys(given).length > 0) await changeProviderFields(name, { fields: given, scope: shared ? 'workspace' : 'user' });
      if (way?.needs_consent !== true) return await verifyConnection(provider, name);
      await consent.mutateAsync({ connection: name, auth: way.id });
      return null;
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['connections'] });
      void queries.invalidateQueries({ queryKey: ['credentials'] });
    },
  });
  const start = () => {
    setAsked(true);
    if (missing.length > 0 || name === '') {
      showFirstError();
      return;
    }
    consent.reset();
    onBegin();
    connect.mutate();
  };
  const busy = connect.isPending || (consent.data !== undefined && consent.data.authorize_url !== null);
  return (
    <form ref={form} className={classes.form} onSubmit={event => { event.preventDefault(); start(); }}>
      {needs.ways.length > 1 && (
        <Select label="Way to sign in" data={needs.ways.map(each => ({ value: each.id, label: each.name === '' ? each.id : `${each.name} (${each.id})` }))} value={wayId ?? null} allowDeselect={false} onChange={next => setWay(next ?? undefined)} />
      )}
      {way?.help != null && <p className={classes.soft}>{way.help}</p>}
      <SettingFields
        settings={fields} values={values} errors={asked ? Object.fromEntries(missing.map(field => [field, 'This is needed.'])) : {}} onChange={(field, value) => setValues(before => ({ ...before, [field]: value }))}
        secretField={({ setting, label, value, onChange, error }) => (
          <PasswordInput label={label} description={setting.help} error={error} withAsterisk={setting.required} value={value} onChange={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)} autoComplete="new-password" spellCheck={false} />
        )}
      />
      <TextInput label="Name of the credential" description="Steps name it when there are several; fields stored under this name before are replaced." error={asked && name === '' ? 'This is needed.' : undefined} withAsterisk value={name} onChange={event => setName(event.currentTarget.value.trim())} spellCheck={false} autoComplete="off" />
      <Switch label="For the workspace" description="Everybody in it may use the connection, and nobody sees the fields." checked={shared} onChange={event => setShared(event.currentTarget.checked)} />
      <div><Button type="submit" loading={busy} leftSection={<Plug size={15} aria-hidden="true" />}>{way?.needs_consent === true ? 'Store and agree' : 'Connect'}</Button></div>
      {connect.error !== null && <ProblemAlert error={connect.error} />}
      {connect.data != null && <Verified who={connect.data.who} problem={connect.data.problem} />}
      {consent.data?.device != null && <DeviceConsent device={consent.data.device} state={consent.data.state} />}
    </form>
  );
}
