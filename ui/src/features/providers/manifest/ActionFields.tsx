import { ActionIcon, Button, Checkbox, Select, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { methods, parameterTypes, type ActionDraft, type ParameterDraft } from './draft';
import classes from './Manifest.module.css';

interface ActionFieldsProps {
  number: number;
  action: ActionDraft;
  problems: Readonly<Record<string, string>>;
  /** Its place among the problems. */
  place: string;
  onChange: (action: ActionDraft) => void;
  /** undefined for the only one. */
  onRemove?: () => void;
}

/** One action: what it calls and what it takes. */
export function ActionFields({ number, action, problems, place, onChange, onRemove }: ActionFieldsProps) {
  const set = (change: Partial<ActionDraft>) => onChange({ ...action, ...change });
  const setParameter = (index: number, change: Partial<ParameterDraft>) => set({ parameters: action.parameters.with(index, { ...action.parameters[index]!, ...change }) });
  const text = { spellCheck: false, autoComplete: 'off' } as const;
  return (
    <section className={classes.action} aria-label={`Action ${number}`}>
      <div className={classes.head}>
        <h3>{action.id === '' ? `Action ${number}` : <code>{action.id}</code>}</h3>
        {onRemove !== undefined && <Button variant="subtle" color="red" size="compact-sm" aria-label={`Remove action ${number}`} onClick={onRemove}>Remove</Button>}
      </div>
      <div className={classes.fields}>
        <TextInput label="Name of the action" placeholder="create_contact" withAsterisk error={problems[`${place}.id`]} value={action.id} onChange={event => set({ id: event.currentTarget.value.trim() })} {...text} />
        <TextInput label="What it does" placeholder="Creates a contact." value={action.help} onChange={event => set({ help: event.currentTarget.value })} autoComplete="off" />
      </div>
      <div className={classes.line}>
        <Select label="Method" data={[...methods]} value={action.method} onChange={method => set({ method: method ?? action.method })} />
        <TextInput label="Path" placeholder="/contacts/{contact_id}" description="A part in braces is a parameter." inputWrapperOrder={['label', 'input', 'description', 'error']} withAsterisk error={problems[`${place}.path`]} value={action.path} onChange={event => set({ path: event.currentTarget.value.trim() })} {...text} />
      </div>
      {action.parameters.length > 0 && (
        <div className={classes.parameters} role="group" aria-label={`Parameters of action ${number}`}>
          {action.parameters.map((parameter, index) => (
            <div key={index} className={classes.parameter}>
              <TextInput aria-label={`Name of parameter ${index + 1}`} placeholder="name" error={problems[`${place}.parameters.${index}`]} value={parameter.name} onChange={event => setParameter(index, { name: event.currentTarget.value.trim() })} {...text} />
              <Select aria-label={`Type of parameter ${index + 1}`} data={[...parameterTypes]} value={parameter.type} onChange={type => setParameter(index, { type: type ?? 'string' })} />
              <TextInput aria-label={`What parameter ${index + 1} is`} placeholder="What it is." value={parameter.help} onChange={event => setParameter(index, { help: event.currentTarget.value })} autoComplete="off" />
              <Checkbox label="Needed" aria-label={`Parameter ${index + 1} is needed`} checked={parameter.required} onChange={event => setParameter(index, { required: event.currentTarget.checked })} />
              <ActionIcon variant="subtle" color="gray" aria-label={`Remove parameter ${index + 1}`} onClick={() => set({ parameters: action.parameters.filter((_, other) => other !== index) })}><X size={15} /></ActionIcon>
            </div>
          ))}
        </div>
      )}
      <div className={classes.buttons}>
        <Button variant="subtle" size="compact-sm" leftSection={<Plus size={14} aria-hidden="true" />} aria-label={`Add a parameter to action ${number}`} onClick={() => set({ parameters: [...action.parameters, { name: '', type: 'string', required: false, help: '' }] })}>Add a parameter</Button>
        <p className={classes.soft}>{action.method === 'GET' || action.method === 'DELETE' ? 'They are sent in the address.' : 'They are sent as JSON.'}</p>
      </div>
    </section>
  );
}
