import { Checkbox, JsonInput, NumberInput, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { labelOf, listFrom, mapFrom, mapText, type SettingDescription } from './settings';

interface SettingFieldsProps {
  settings: readonly SettingDescription[];
  values: Readonly<Record<string, unknown>>;
  onChange: (name: string, value: unknown) => void;
  /** What the hub says is wrong, by the setting's name. */
  errors?: Readonly<Record<string, string>>;
  /** The field of a secret: it is chosen among credentials, or made in place. Without it the reference is typed. */
  secretField?: (field: SecretFieldProps) => ReactNode;
}

export interface SecretFieldProps {
  setting: SettingDescription;
  label: string;
  value: string;
  onChange: (value: string | undefined) => void;
  error?: string;
}

/** A form made from what a kind or an action says about itself. An empty field is a setting that is not given. */
export function SettingFields({ settings, values, onChange, errors = {}, secretField }: SettingFieldsProps) {
  return (
    <Stack gap="md">
      {settings.map(setting => (
        <Field key={setting.name} setting={setting} value={values[setting.name]} error={errors[setting.name]} onChange={value => onChange(setting.name, value)} secretField={secretField} />
      ))}
    </Stack>
  );
}

interface FieldProps {
  setting: SettingDescription;
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
  secretField?: SettingFieldsProps['secretField'];
}

function Field({ setting, value, error, onChange, secretField }: FieldProps) {
  const placeholder = setting.default == null ? undefined : typeof setting.default === 'string' ? setting.default : JSON.stringify(setting.default);
  const common = { label: setting.label ?? labelOf(setting.name), description: setting.help, withAsterisk: setting.required, error, placeholder };
  const text = value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const given = (next: string) => onChange(next === '' ? undefined : next);
  if (setting.secret && secretField !== undefined) return <>{secretField({ setting, label: common.label, value: text, onChange, error })}</>;
  if (setting.choices.length > 0) {
    return <Select {...common} data={[...setting.choices]} value={text === '' ? null : text} onChange={next => given(next ?? '')} clearable={!setting.required} />;
  }
  switch (setting.type) {
    case 'boolean':
      return <Checkbox label={common.label} description={common.description} error={error} checked={value === undefined ? setting.default === true : value === true} onChange={event => onChange(event.currentTarget.checked)} />;
    case 'integer':
    case 'number':
      return <NumberInput {...common} value={typeof value === 'number' || typeof value === 'string' ? value : ''} allowDecimal={setting.type === 'number'} onChange={next => onChange(next === '' ? undefined : next)} />;
    case 'list':
      return <TagsInput {...common} placeholder={placeholder ?? 'Enter after each'} value={listFrom(value)} onChange={next => onChange(next.length === 0 ? undefined : next)} />;
    case 'map':
      return <Textarea {...common} placeholder={placeholder ?? 'name: value'} autosize minRows={2} defaultValue={mapText(value)} onChange={event => onChange(mapFrom(event.currentTarget.value))} />;
    case 'any':
      return <JsonInput {...common} autosize minRows={2} validationError="This is no JSON." value={text} onChange={given} />;
    default:
      return <TextInput {...common} value={text} onChange={event => given(event.currentTarget.value)} spellCheck={false} autoComplete="off" />;
  }
}
