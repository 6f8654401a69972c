import { ActionIcon, Menu, ScrollArea, Textarea, TextInput, Tooltip } from '@mantine/core';
import { Braces } from 'lucide-react';
import { useState } from 'react';
import { SettingFields } from '@/components/form/SettingFields';
import { labelOf, type SettingDescription } from '@/components/form/settings';
import type { Reference } from '../document/references';
import { exampleText, withReference } from './reference-text';
import classes from './ParameterFields.module.css';

interface ParameterFieldsProps {
  parameters: readonly SettingDescription[];
  values: Readonly<Record<string, unknown>>;
  onChange: (name: string, value: unknown) => void;
  errors: Readonly<Record<string, string>>;
  references: readonly Reference[];
  /** The names of credentials, for what is secret. */
  credentials: readonly string[];
}

/** A form for what an action takes. Everything may be a reference to what came before, which is picked from a list. */
export function ParameterFields({ parameters, values, onChange, errors, references, credentials }: ParameterFieldsProps) {
  return (
    <div className={classes.fields}>
      {parameters.map(parameter => (
        <div key={parameter.name} className={classes.field}>
          <OneField parameter={parameter} value={values[parameter.name]} error={errors[parameter.name]} onChange={value => onChange(parameter.name, value)} />
          <div className={classes.pick}>
            <ReferenceMenu
              label={`Insert a reference into ${labelOf(parameter.name)}`}
              references={parameter.secret ? credentials.map(name => ({ text: `cred:${name}`, about: 'a credential' })) : references}
              onPick={text => onChange(parameter.name, withReference(values[parameter.name], text, parameter.type === 'text' && !parameter.secret))}
            />
          </div>
        </div>
      ))}
    </div>
  );
}

interface OneFieldProps {
  parameter: SettingDescription;
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
}

function OneField({ parameter, value, error, onChange }: OneFieldProps) {
  const common = { label: labelOf(parameter.name), description: parameter.help, withAsterisk: parameter.required, error, spellCheck: false, classNames: { input: classes.code } };
  const isReference = typeof value === 'string' && value.includes('${');
  if (isReference && (parameter.type !== 'text' || parameter.choices.length > 0)) {
    return <TextInput {...common} value={value} onChange={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)} />;
  }
  if (parameter.type === 'text' && parameter.choices.length === 0) {
    return (
      <Textarea {...common} classNames={{ input: isReference ? classes.code : undefined }} autosize minRows={1} maxRows={8} placeholder={parameter.default == null ? undefined : exampleText(parameter.default)} value={value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value)}
        onChange={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)} />
    );
  }
  if (parameter.type === 'any' || parameter.type === 'map' || parameter.type === 'list') return <DataField parameter={parameter} value={value} error={error} onChange={onChange} />;
  return <SettingFields settings={[parameter]} values={{ [parameter.name]: value }} onChange={(_, next) => onChange(next)} errors={error === undefined ? {} : { [parameter.name]: error }} />;
}

/** Lists, maps and whatever: as JSON, or as a text when it is none. What is half typed is not in the plan yet. */
function DataField({ parameter, value, error, onChange }: OneFieldProps) {
  const written = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  const [typed, setTyped] = useState<{ for: string; text: string } | null>(null);
  const text = typed?.for === written ? typed.text : written;
  const change = (next: string) => {
    const read = valueFrom(next, parameter.type);
    setTyped({ for: read === undefined ? '' : read === invalid ? written : typeof read === 'string' ? read : JSON.stringify(read, null, 1).replace(/\n\s*/g, ' '), text: next });
    if (read !== invalid) onChange(read);
  };
  const isInvalid = typed?.for === written && valueFrom(text, parameter.type) === invalid;
  return (
    <Textarea
      label={labelOf(parameter.name)} description={parameter.help} withAsterisk={parameter.required} spellCheck={false} autosize minRows={1} maxRows={10} classNames={{ input: classes.code }}
      placeholder={parameter.default == null ? parameter.type === 'list' ? '["one", "two"]' : parameter.type === 'map' ? '{"name": "value"}' : undefined : exampleText(parameter.default)}
      error={isInvalid ? 'This is no JSON yet.' : error} value={text} onChange={event => change(event.currentTarget.value)}
    />
  );
}

const invalid = Symbol('invalid');

function valueFrom(text: string, type: SettingDescription['type']): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return type === 'any' || text.trim().startsWith('${') ? text : invalid;
  }
}

/** What can be referred to, with what it was the last time. */
export function ReferenceMenu({ label, references, onPick }: { label: string; references: readonly Reference[]; onPick: (text: string) => void }) {
  const [search, setSearch] = useState('');
  const shown = references.filter(reference => reference.text.toLowerCase().includes(search.toLowerCase()));
  return (
    <Menu position="bottom-end" width={340} withinPortal onClose={() => setSearch('')}>
      <Menu.Target>
        <Tooltip label="Insert a reference"><ActionIcon variant="subtle" color="gray" size="sm" aria-label={label}><Braces size={14} /></ActionIcon></Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {references.length > 8 && <TextInput m={4} size="xs" aria-label="Search references" placeholder="Search" value={search} onChange={event => setSearch(event.currentTarget.value)} />}
        <ScrollArea.Autosize mah={300} type="auto">
          {shown.map(reference => (
            <Menu.Item key={reference.text} onClick={() => onPick(reference.text)}>
              <span className={classes.reference}><code>{reference.text}</code><span title={exampleText(reference.example)}>{reference.example === undefined ? reference.about : exampleText(reference.example)}</span></span>
            </Menu.Item>
          ))}
          {shown.length === 0 && <Menu.Label>{references.length === 0 ? 'There is nothing to refer to yet.' : 'Nothing fits.'}</Menu.Label>}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
