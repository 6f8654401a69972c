import { Button, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { credentialNamesQuery } from '@/api/credential-names';
import type { Action } from '@/api/providers';
import { testStep } from '@/api/test-step';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { useFirstError } from '@/components/form/first-error';
import { SettingFields } from '@/components/form/SettingFields';
import { missingOf } from '@/components/form/settings';
import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Duration } from '@/components/time/Time';
import type { Connection } from '../api/connections';
import classes from './TryAction.module.css';

const connectionName = 'connection';

interface TryActionProps {
  action: Action;
  /** Those to choose among; null where signing in is no matter of connections. */
  connections: readonly Connection[] | null;
  onShow: (execution: string) => void;
}

/** Performs an action once, with what is given here. */
export function TryAction({ action, connections, onShow }: TryActionProps) {
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [asked, setAsked] = useState(false);
  const { form, showFirstError } = useFirstError<HTMLFormElement>();
  const credentials = useQuery(credentialNamesQuery).data ?? [];
  const signsIn = connections !== null && action.parameters.some(parameter => parameter.name === connectionName);
  const settings = signsIn ? action.parameters.filter(parameter => parameter.name !== connectionName) : action.parameters;
  // A step that names none signs in by the credential that is named like the provider.
  const usual = action.use.slice(0, action.use.indexOf('.'));
  const names = [...new Set(connections?.map(connection => connection.name))];
  const connection = typeof values[connectionName] === 'string' ? values[connectionName] : names.includes(usual) ? usual : names[0];
  const given = signsIn && connection !== undefined ? { ...values, [connectionName]: connection } : values;
  const missing = missingOf(settings, values);
  const set = (name: string, value: unknown) => setValues(before => ({ ...before, [name]: value }));
  const test = useMutation({
    mutationFn: () => testStep({ step: { use: action.use, with: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }, inputs: {}, outputs: {}, dryRun: false }),
  });
  const start = () => {
    setAsked(true);
    if (missing.length === 0) test.mutate();
    else showFirstError();
  };
  return (
    <Card title="Try it">
      <form ref={form} noValidate className={classes.form} onSubmit={event => { event.preventDefault(); start(); }}>
        <p className={classes.soft}>It is really performed, as a step by itself.{signsIn && names.length === 0 && ' Connect it first: there is no connection yet.'}</p>
        {signsIn && names.length > 1 && <Select label="Connection" data={names} value={connection ?? null} onChange={next => set(connectionName, next ?? undefined)} />}
        <SettingFields
          settings={settings} values={values} errors={asked ? Object.fromEntries(missing.map(name => [name, 'This is needed.'])) : {}} onChange={set}
          secretField={({ setting, label, value, onChange, error }) => (
            <Select label={label} description={setting.help} error={error} withAsterisk={setting.required} clearable searchable limit={100} placeholder="A credential" data={credentials.map(name => ({ value: `\${cred:${name}}`, label: name }))} value={value === '' ? null : value} onChange={next => onChange(next ?? undefined)} nothingFoundMessage="No credential is stored yet" />
          )}
        />
        <div><Button type="submit" loading={test.isPending} leftSection={<FlaskConical size={15} aria-hidden="true" />}>Perform it</Button></div>
        {test.error !== null && <ProblemAlert error={test.error} />}
        {test.data !== undefined && (
          <section className={classes.result} aria-label="What came of it">
            <div className={classes.line}><StatusBadge status={test.data.status} /><Duration from={test.data.started_at} to={test.data.ended_at} /><Button variant="subtle" size="compact-sm" onClick={() => onShow(test.data.id)}>Show the execution</Button></div>
            {test.data.error != null && <p className={classes.bad}>{test.data.error.message}</p>}
            {test.data.output != null && <JsonView value={test.data.output} label="Output" />}
          </section>
        )}
      </form>
    </Card>
  );
}
