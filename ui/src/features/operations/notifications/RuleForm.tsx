import { Alert, Autocomplete, Button, Checkbox, Group, Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { credentialNamesQuery } from '@/api/credential-names';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { FormDialog } from '@/components/form/FormDialog';
import { missingOf } from '@/components/form/settings';
import { SettingFields } from '@/components/form/SettingFields';
import { actionQuery, testNotify, type NotifyRule } from '../api/notifications';
import { occasions, tellers, testParameters } from './words';

interface RuleFormProps {
  rule: NotifyRule | null;
  mayTest: boolean;
  onClose: () => void;
  onSave: (rule: NotifyRule) => Promise<unknown>;
}

/** Whom to tell, of what, and by which action; tried before it is saved. */
export function RuleForm({ rule, mayTest, onClose, onSave }: RuleFormProps) {
  const [on, setOn] = useState<string[]>(rule === null ? ['failure', 'recovery'] : [...rule.on]);
  const [use, setUse] = useState(rule?.use ?? 'smtp.send');
  const [values, setValues] = useState<Record<string, unknown>>((rule?.with as Record<string, unknown> | undefined) ?? {});
  const [every, setEvery] = useState(rule?.at_most_every ?? '');
  const given = JSON.stringify({ on, use, values, every });
  const [begun] = useState(given);
  const settings = useQuery(actionQuery(use)).data ?? [];
  const credentials = useQuery(credentialNamesQuery).data ?? [];
  const test = tellers.find(teller => teller.use === use)?.test ?? {};
  const missing = missingOf(settings.filter(setting => !(setting.name in test)), values);
  const testing = useMutation({ mutationFn: () => testNotify(use, testParameters(use, values)) });
  const saving = useMutation({ mutationFn: () => onSave({ on, use, with: values, at_most_every: every.trim() === '' ? undefined : every.trim() }), onSuccess: onClose });
  const change = (name: string, value: unknown) => {
    testing.reset();
    setValues(Object.fromEntries(Object.entries({ ...values, [name]: value }).filter(([, each]) => each !== undefined)));
  };
  return (
    <FormDialog
      title="Whom to tell" size="lg" isChanged={given !== begun} action="Save" onSubmit={() => saving.mutate()} isBusy={saving.isPending} error={saving.error} isDisabled={on.length === 0 || missing.length > 0}
      aside={mayTest && <Button variant="default" disabled={missing.length > 0} loading={testing.isPending} onClick={() => testing.mutate()}>Send a test message</Button>} onClose={onClose}
    >
      <Checkbox.Group label="Of what" value={on} onChange={setOn}><Group mt={6} gap="md">{occasions.map(each => <Checkbox key={each.value} value={each.value} label={each.label} />)}</Group></Checkbox.Group>
      <Select label="By" value={use} onChange={next => { setUse(next ?? 'smtp.send'); setValues({}); testing.reset(); }} data={[...tellers.map(teller => ({ value: teller.use, label: teller.label })), ...(tellers.some(teller => teller.use === use) ? [] : [{ value: use, label: use }])]} />
      <SettingFields
        settings={settings} values={values} onChange={change}
        secretField={({ setting, label, value, onChange, error }) => (
          <Autocomplete label={label} description={setting.help} withAsterisk={setting.required} error={error} data={credentials.map(name => `\${cred:${name}}`)} limit={100} value={value} onChange={next => onChange(next === '' ? undefined : next)} spellCheck={false} autoComplete="off" />
        )}
      />
      <TextInput label="At most every" description="Of the same cause no more than one in this time, such as 1h. Without it each one." value={every} onChange={event => setEvery(event.currentTarget.value)} placeholder="1h" />
      <Text size="sm" c="dimmed">Passwords and URLs of webhooks are secrets: store them under <Link to="/credentials" search={{}}>Credentials</Link> and write <code>{'${cred:NAME}'}</code>. What says nothing is filled in when something is told.</Text>
      {testing.error !== null && <ProblemAlert error={testing.error} />}
      {testing.data !== undefined && (testing.data.status === 'succeeded'
        ? <Alert color="green" variant="light" title="The test was sent">Look whether it has arrived.</Alert>
        : <Alert color="red" variant="light" title="The test did not arrive">{testing.data.error?.message ?? `It is ${testing.data.status} still.`} <Link to="/executions/$execution" params={{ execution: testing.data.id }} search={{ tab: 'log' }}>Its log</Link></Alert>)}
    </FormDialog>
  );
}
