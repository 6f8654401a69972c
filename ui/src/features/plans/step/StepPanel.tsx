import { ActionIcon, CloseButton, Menu, MultiSelect, Tabs, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Copy, EllipsisVertical, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { credentialNamesQuery } from '@/api/credential-names';
import { providerQuery } from '@/api/providers';
import { SettingFields } from '@/components/form/SettingFields';
import type { Finding } from '../api/check-plan';
import type { PlanModel, PlanStep } from '../document/model';
import type { Reference } from '../document/references';
import { StepIcon } from '../editor/StepIcon';
import { actionFields, commonFields, controlFields, retryFields, waitEventFields } from './fields';
import { ParameterFields } from './ParameterFields';
import { TestTab } from './TestTab';
import classes from './StepPanel.module.css';

export interface StepEdits {
  set: (path: readonly (string | number)[], value: unknown) => void;
  rename: (step: PlanStep, id: string) => void;
  move: (step: PlanStep, by: -1 | 1) => void;
  copy: (step: PlanStep) => void;
  remove: (step: PlanStep) => void;
}

interface StepPanelProps {
  plan: string;
  model: PlanModel;
  step: PlanStep;
  /** The step as the text has it. */
  values: Record<string, unknown>;
  findings: readonly Finding[];
  references: readonly Reference[];
  /** The other steps of the same list, by their ids. */
  siblings: readonly string[];
  edits: StepEdits;
  readOnly: boolean;
  onClose: () => void;
}

/** One step as a form: every field is a place of the plan's text. */
export function StepPanel({ plan, model, step, values, findings, references, siblings, edits, readOnly, onClose }: StepPanelProps) {
  return (
    <aside className={classes.panel} aria-label={`The step ${step.title}`}>
      <div className={classes.head}>
        <span className={classes.icon}><StepIcon kind={step.kind} use={step.use} /></span>
        <div className={classes.name}><b>{step.title}</b><span>{step.kind === 'action' ? step.use : step.kind}</span></div>
        {!readOnly && (
          <Menu position="bottom-end">
            <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label="What can be done with the step"><EllipsisVertical size={16} /></ActionIcon></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<ArrowUp size={14} />} onClick={() => edits.move(step, -1)}>Move up</Menu.Item>
              <Menu.Item leftSection={<ArrowDown size={14} />} onClick={() => edits.move(step, 1)}>Move down</Menu.Item>
              <Menu.Item leftSection={<Copy size={14} />} onClick={() => edits.copy(step)}>Copy below</Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<Trash2 size={14} />} color="red" onClick={() => edits.remove(step)}>Remove</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        <CloseButton aria-label="Close the step" onClick={onClose} />
      </div>
      <Tabs defaultValue="settings" keepMounted={false} classNames={{ root: classes.tabs, panel: classes.scroll }}>
        <Tabs.List px={16}><Tabs.Tab value="settings">Settings</Tabs.Tab><Tabs.Tab value="test">Test</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="settings" tabIndex={0}>
          <fieldset className={classes.form} disabled={readOnly}>
            {findings.length > 0 && <ul className={classes.findings}>{findings.map(finding => <li key={`${finding.path}${finding.message}`}>{finding.message}</li>)}</ul>}
            <IdField key={step.id} id={step.id ?? ''} onChange={id => edits.rename(step, id)} />
            {step.kind === 'action' ? <ActionForm step={step} values={values} findings={findings} references={references} edits={edits} /> : <ControlForm step={step} values={values} findings={findings} references={references} edits={edits} />}
            {siblings.length > 0 && (
              <MultiSelect label="Needs" description="The steps that end before it begins. With it, the list is a graph." data={[...siblings]} value={step.needs.filter(need => siblings.includes(need))} onChange={needs => edits.set([...step.path, 'needs'], needs.length === 0 ? undefined : needs)} />
            )}
            <MoreForm step={step} values={values} edits={edits} />
          </fieldset>
        </Tabs.Panel>
        <Tabs.Panel value="test" tabIndex={0}><TestTab key={step.key} plan={plan} model={model} step={step} values={values} /></Tabs.Panel>
      </Tabs>
    </aside>
  );
}

/** It changes when one leaves the field: what refers to the step is changed with it. */
function IdField({ id, onChange }: { id: string; onChange: (id: string) => void }) {
  const [text, setText] = useState(id);
  const isName = text === '' || /^[A-Za-z_][\w-]{0,63}$/.test(text);
  const commit = () => { if (isName && text !== id) onChange(text); };
  return (
    <TextInput
      label="Id" description="By which other steps refer to it." value={text} spellCheck={false} autoComplete="off" error={isName ? undefined : 'A letter, then letters, digits, _ and -.'}
      onChange={event => setText(event.currentTarget.value)} onBlur={commit} onKeyDown={event => { if (event.key === 'Enter') commit(); }}
    />
  );
}

type FormProps = Pick<StepPanelProps, 'step' | 'values' | 'findings' | 'references' | 'edits'>;

/** By the parameters' names: what is wrong below this place. */
function errorsBelow(findings: readonly Finding[], place: string): Record<string, string> {
  return Object.fromEntries(findings.filter(finding => finding.path.startsWith(`${place}.`)).map(finding => [/^[^.[]+/.exec(finding.path.slice(place.length + 1))?.[0] ?? '', finding.message]));
}

const recordOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {});

function ActionForm({ step, values, findings, references, edits }: FormProps) {
  const [provider, name] = step.use.split('.', 2) as [string, string | undefined];
  const found = useQuery({ ...providerQuery(provider), enabled: provider !== '', retry: false });
  const credentials = useQuery(credentialNamesQuery).data ?? [];
  const action = found.data?.actions.find(each => each.id === name);
  const place = 'params' in values ? 'params' : 'with';
  if (action === undefined) return found.isLoading ? null : <p className={classes.soft}>There is no action “{step.use}”.</p>;
  return (
    <>
      <p className={classes.soft}>{action.help}</p>
      <ParameterFields
        parameters={action.parameters} values={recordOf(values[place])} references={references} credentials={credentials} errors={errorsBelow(findings, `${step.key}.${place}`)}
        onChange={(parameter, value) => edits.set([...step.path, place, parameter], value)}
      />
    </>
  );
}

function ControlForm({ step, values, findings, references, edits }: FormProps) {
  const found = step.kind === 'wait' && typeof values.wait === 'object' ? waitEventFields : controlFields[step.kind];
  if (found === undefined) return null;
  const path = found.within === null ? step.path : [...step.path, found.within];
  const inner = found.within === null ? values : values[found.within];
  return (
    <ParameterFields
      parameters={found.fields} references={references} credentials={[]} errors={errorsBelow(findings, found.within === null ? step.key : `${step.key}.${found.within}`)}
      values={typeof inner === 'string' && found.within !== null ? { [found.fields[0]!.name]: inner } : recordOf(inner)}
      onChange={(name, value) => (typeof inner === 'string' && found.within !== null ? edits.set(path, { [found.fields[0]!.name]: inner, [name]: value }) : edits.set([...path, name], value))}
    />
  );
}

function MoreForm({ step, values, edits }: Pick<FormProps, 'step' | 'values' | 'edits'>) {
  const retry = recordOf(values.retry);
  return (
    <details className={classes.more}>
      <summary>Time limit, retries and failures</summary>
      <div className={classes.moreForm}>
        <SettingFields settings={step.kind === 'action' ? actionFields : commonFields} values={values} onChange={(name, value) => edits.set([...step.path, name], value === false ? undefined : value)} />
        {step.kind === 'action' && (
          <SettingFields
            settings={retryFields.map(field => ({ ...field, help: `Retry: ${field.help.charAt(0).toLowerCase()}${field.help.slice(1)}` }))} values={retry}
            onChange={(name, value) => edits.set(value === undefined && Object.keys(retry).every(each => each === name) ? [...step.path, 'retry'] : [...step.path, 'retry', name], value)}
          />
        )}
      </div>
    </details>
  );
}
