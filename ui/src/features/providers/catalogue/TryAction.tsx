import { Button, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { credentialNamesQuery } from '@/api/credential-names';
import type { Action } from '@/api/providers';
import { testStep } from '@/api/test-step';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { SettingFields } from '@/components/form/SettingFields';
import { missingOf } from '@/components/form/settings';
import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Duration } from '@/components/time/Time';
import classes from './TryAction.module.css';

/** Performs an action once, with what is given here. */
export function TryAction({ action, onShow }: { action: Action; onShow: (execution: string) => void }) {
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [asked, setAsked] = useState(false);
  const credentials = useQuery(credentialNamesQuery).data ?? [];
  const missing = missingOf(action.parameters, values);
  const test = useMutation({
    mutationFn: () => testStep({ step: { use: action.use, with: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) }, inputs: {}, outputs: {}, dryRun: false }),
  });
  const start = () => {
    setAsked(true);
    if (missing.length === 0) test.mutate();
  };
  return (
    <Card title="Try it">
      <form className={classes.form} onSubmit={event => { event.preventDefault(); start(); }}>
        <p className={classes.soft}>It is really performed, as a step by itself.</p>
        <SettingFields
          settings={action.parameters} values={values} errors={asked ? Object.fromEntries(missing.map(name => [name, 'This is needed.'])) : {}} onChange={(name, value) => setValues(before => ({ ...before, [name]: value }))}
          secretField={({ setting, label, value, onChange, error }) => (
            <Select label={label} description={setting.help} error={error} withAsterisk={setting.required} clearable searchable placeholder="A credential" data={credentials.map(name => ({ value: `\${cred:${name}}`, label: name }))} value={value === '' ? null : value} onChange={next => onChange(next ?? undefined)} nothingFoundMessage="No credential is stored yet" />
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
