import { Button, Collapse, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, PlugZap } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ProblemAlert, messageOf } from '@/components/feedback/ProblemAlert';
import { useFirstError } from '@/components/form/first-error';
import { SettingFields } from '@/components/form/SettingFields';
import { labelOf, missingOf } from '@/components/form/settings';
import { Card } from '@/components/page/Card';
import type { EndpointKind } from '../api/list-kinds';
import { addEndpoint, putEndpoint } from '../api/save-endpoint';
import { testDraft, testEndpoint, type TestResult } from '../api/test-endpoint';
import { TestReport } from '../testing/TestReport';
import { fieldOf, nameError, suggestName } from './field-errors';
import { groupsOf, type SettingGroup } from './groups';
import { SecretField, type StoreSecret } from './SecretField';

interface EndpointFormProps {
  kind: EndpointKind;
  /** Null for a new one. */
  name: string | null;
  settings: Readonly<Record<string, unknown>>;
  /** Names that a new one cannot have. */
  taken: readonly string[];
  onSaved: (name: string) => void;
  onCancel?: () => void;
}

/** An endpoint's settings, as its kind describes them; tried before or after they are saved. */
export function EndpointForm({ kind, name, settings, taken, onSaved, onCancel }: EndpointFormProps) {
  const [values, setValues] = useState<Record<string, unknown>>({ ...settings });
  const [typedName, setTypedName] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [result, setResult] = useState<TestResult | null>(null);
  const [isStoring, setStoring] = useState(false);
  const typedSecrets = useRef(new Map<string, StoreSecret>());
  const [hasTypedSecret, setTypedSecret] = useState(false);
  const { form, showFirstError } = useFirstError<HTMLFormElement>();
  const client = useQueryClient();
  const newName = typedName ?? suggestName(values, kind.id, taken);
  const names = kind.settings.map(setting => setting.name);
  const isChanged = JSON.stringify(values) !== JSON.stringify(settings);

  const set = (setting: string, value: unknown) => {
    setResult(null);
    setErrors(({ [setting]: _, ...others }) => others);
    setValues(({ [setting]: _, ...others }) => (value === undefined ? others : { ...others, [setting]: value }));
  };
  const onTyped = useCallback((setting: string, store: StoreSecret | null) => {
    if (store === null) typedSecrets.current.delete(setting);
    else typedSecrets.current.set(setting, store);
    setTypedSecret(typedSecrets.current.size > 0);
  }, []);
  /** What is missing is told at its field before anything is asked. */
  const isComplete = () => {
    const given = { ...values, ...Object.fromEntries([...typedSecrets.current.keys()].map(setting => [setting, 'typed'])) };
    const missing = Object.fromEntries(missingOf(kind.settings, given).map(setting => [setting, `${labelOf(setting)} is needed.`]));
    const wrong = name === null ? nameError(newName, taken) : undefined;
    setErrors(wrong === undefined ? missing : { ...missing, name: wrong });
    return Object.keys(missing).length === 0 && wrong === undefined;
  };
  /** A new secret that stands in its field is stored before anything is tried or saved with it; why it cannot be is told there. */
  const withSecrets = async (then: (whole: Record<string, unknown>) => void) => {
    if (!isComplete()) {
      showFirstError();
      return;
    }
    setStoring(true);
    try {
      let whole = values;
      for (const [setting, store] of [...typedSecrets.current]) whole = { ...whole, [setting]: await store() };
      then(whole);
    } catch {
      // The field tells it.
      showFirstError();
    } finally {
      setStoring(false);
    }
  };
  const place = (error: unknown) => {
    const field = fieldOf(messageOf(error), names);
    if (field === undefined) return;
    setErrors(others => ({ ...others, [field]: messageOf(error) }));
    showFirstError();
  };
  const testing = useMutation({ mutationFn: (tried: Record<string, unknown>) => testDraft(kind.id, tried), onSuccess: setResult, onError: place });
  const saving = useMutation({
    mutationFn: (whole: Record<string, unknown>) => (name === null ? addEndpoint({ name: newName, kind: kind.id, settings: whole }) : putEndpoint({ name, kind: kind.id, settings: whole })),
    onError: place,
    onSuccess: async saved => {
      await client.invalidateQueries({ queryKey: ['endpoints'] });
      // What was tried before it was saved is known of the saved one as well.
      if (result?.ok === true) void testEndpoint(saved.name).then(() => client.invalidateQueries({ queryKey: ['endpoints'] })).catch(() => undefined);
      onSaved(saved.name);
    },
  });
  const accept = (setting: string, key: string) => {
    const accepted = { ...values, [setting]: key };
    setValues(accepted);
    testing.mutate(accepted);
  };
  const failure = [testing.error, saving.error].find(error => error !== null && fieldOf(messageOf(error), names) === undefined);
  return (
    <form ref={form} onSubmit={event => { event.preventDefault(); void withSecrets(saving.mutate); }} noValidate>
      <AskBeforeLeaving when={(isChanged || typedName !== null || hasTypedSecret) && !saving.isPending} />
      <Stack gap="md">
        {groupsOf(kind.settings).map(group => (
          <SettingsCard key={group.title} group={group} values={values} errors={errors} onChange={set} onTyped={onTyped} endpoint={name ?? newName} />
        ))}
        {name === null && (
          <Card title="What it is called">
            <TextInput
              label="Name" description={`Plans and transfers name files there as ${newName}:folder/file.`} withAsterisk value={newName} error={errors.name} maw={420}
              onChange={event => { setTypedName(event.currentTarget.value); setErrors(({ name: _, ...others }) => others); }} spellCheck={false} autoComplete="off"
            />
          </Card>
        )}
        {result !== null && <TestReport result={result} onAccept={accept} isAccepting={testing.isPending} />}
        {failure !== undefined && failure !== null && <ProblemAlert error={failure} />}
        <Group gap="xs">
          <Button type="submit" loading={saving.isPending} disabled={isStoring || (name !== null && !isChanged && !hasTypedSecret)}>{name === null ? 'Save endpoint' : 'Save changes'}</Button>
          <Button variant="default" leftSection={<PlugZap size={15} aria-hidden="true" />} loading={testing.isPending || isStoring} onClick={() => void withSecrets(testing.mutate)}>Test</Button>
          {onCancel !== undefined && <Button variant="subtle" color="gray" onClick={onCancel}>Back</Button>}
        </Group>
      </Stack>
    </form>
  );
}

interface SettingsCardProps {
  group: SettingGroup;
  values: Record<string, unknown>;
  errors: Record<string, string>;
  onChange: (name: string, value: unknown) => void;
  onTyped: (setting: string, store: StoreSecret | null) => void;
  endpoint: string;
}

function SettingsCard({ group, values, errors, onChange, onTyped, endpoint }: SettingsCardProps) {
  const isUsed = group.settings.some(setting => values[setting.name] !== undefined || errors[setting.name] !== undefined);
  const [isOpened, setOpened] = useState(!group.isFolded || isUsed);
  const fields = (
    <SettingFields settings={group.settings} values={values} errors={errors} onChange={onChange} secretField={field => <SecretField {...field} endpoint={endpoint} onTyped={onTyped} />} />
  );
  if (!group.isFolded) return <Card title={group.title}>{fields}</Card>;
  const isShown = isOpened || group.settings.some(setting => errors[setting.name] !== undefined);
  return (
    <Card
      title={
        <Button
          variant="subtle" color="gray" size="compact-sm" ml={-8} aria-expanded={isShown} onClick={() => setOpened(!isShown)}
          leftSection={isShown ? <ChevronDown size={15} aria-hidden="true" /> : <ChevronRight size={15} aria-hidden="true" />}
        >
          {group.title}: {group.settings.slice(0, 3).map(setting => labelOf(setting.name).toLowerCase()).join(', ')}{group.settings.length > 3 ? ' …' : ''}
        </Button>
      }
    >
      <Collapse expanded={isShown}>{fields}</Collapse>
    </Card>
  );
}
