import { Button, Collapse, SegmentedControl, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, Plus } from 'lucide-react';
import { endpointNamesQuery } from '@/api/endpoint-names';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { SettingFields } from '@/components/form/SettingFields';
import { Card } from '@/components/page/Card';
import { transferOptionsQuery } from '../api/transfer-options';
import { AddressField } from './AddressField';
import { isChain, modes, withMode, type Draft, type Mode } from './draft';
import classes from './DraftFields.module.css';

interface DraftFieldsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** A template chooses its files by a pattern of its own. */
  hasPattern?: boolean;
  disabled?: boolean;
}

// Said by the form itself, or made by chains and retries.
const own = new Set(['from', 'to', 'more_from', 'kept_from', 'files', 'arrived_in', 'failed_in', 'not_arrived_in', 'dry_run']);
const first = ['include', 'exclude', 'change', 'verify'];

const modeHints: Record<Mode, string> = {
  copy: 'Copies what is new or changed. Nothing is deleted anywhere.',
  sync: 'Makes the target like the source: what only the target has is deleted there.',
  move: 'Copies, and deletes each file at the source once its copy is verified.',
};

/** Where from, where to, how, and which files. */
export function DraftFields({ draft, onChange, hasPattern = false, disabled = false }: DraftFieldsProps) {
  const [more, moreState] = useDisclosure(false);
  const endpoints = useQuery(endpointNamesQuery);
  const options = useQuery(transferOptionsQuery);
  const known = options.data;
  const settings = (known?.get(draft.mode) ?? []).filter(setting => !own.has(setting.name) && !(hasPattern && draft.pattern !== '' && setting.name === 'include'));
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const setOption = (name: string, value: unknown) => {
    set({ options: Object.fromEntries(Object.entries({ ...draft.options, [name]: value }).filter(([, each]) => each !== undefined)) });
  };
  const replaced = (list: readonly string[], index: number, value: string) => list.map((each, at) => (at === index ? value : each));
  const without = (list: readonly string[], index: number) => list.filter((_, at) => at !== index);
  return (
    <fieldset className={classes.fieldset} disabled={disabled}>
      <div className={classes.fields}>
        <Card title="What moves">
          <div className={classes.fields}>
            <SegmentedControl
              aria-label="Mode" value={draft.mode} data={modes.map(mode => ({ value: mode, label: mode.charAt(0).toUpperCase() + mode.slice(1) }))} disabled={disabled}
              onChange={mode => onChange(withMode(draft, mode, known?.get(mode)?.map(setting => setting.name)))}
            />
            <p className={classes.hint}>{modeHints[draft.mode]}</p>
            {endpoints.error !== null && endpoints.data === undefined && <ProblemAlert error={endpoints.error} onRetry={() => void endpoints.refetch()} />}
            <div className={classes.places}>
              {draft.from.map((address, index) => (
                <AddressField key={index} label={draft.from.length > 1 ? `From ${index + 1}` : 'From'} value={address} disabled={disabled} onChange={next => set({ from: replaced(draft.from, index, next) })} onRemove={draft.from.length > 1 ? () => set({ from: without(draft.from, index) }) : undefined} />
              ))}
              {draft.to.map((address, index) => (
                <AddressField key={index} label={isChain(draft) ? `${index === 0 ? 'To' : 'Then to'}` + (index > 1 ? ` (${index + 1})` : '') : 'To'} value={address} disabled={disabled} placeholder="its root, or a path such as archive/{year}" onChange={next => set({ to: replaced(draft.to, index, next) })} onRemove={draft.to.length > 1 ? () => set({ to: without(draft.to, index) }) : undefined} />
              ))}
            </div>
            {!disabled && (
              <div>
                {draft.mode !== 'sync' && <Button size="xs" variant="subtle" leftSection={<Plus size={14} aria-hidden="true" />} onClick={() => set({ from: [...draft.from, ''] })}>Another source</Button>}
                {draft.mode === 'copy' && <Button size="xs" variant="subtle" leftSection={<Plus size={14} aria-hidden="true" />} onClick={() => set({ to: [...draft.to, ''] })}>And from there on to</Button>}
              </div>
            )}
            <p className={classes.hint}>The target’s path may hold <code>{'{year}'}</code> <code>{'{month}'}</code> <code>{'{day}'}</code> <code>{'{date:yyyy-MM-dd}'}</code> <code>{'{timestamp}'}</code>, and of each file <code>{'{filename}'}</code> <code>{'{basename}'}</code> <code>{'{extension}'}</code> <code>{'{source.dir}'}</code>.</p>
          </div>
        </Card>
        <Card title="Which files, and how">
          <div className={classes.fields}>
            {hasPattern && <TextInput label="Pattern" description="Only files that match, such as *.jpg or /out/**. Without it all." value={draft.pattern} onChange={event => set({ pattern: event.currentTarget.value })} spellCheck={false} autoComplete="off" />}
            {options.error !== null && known === undefined && <ProblemAlert error={options.error} onRetry={() => void options.refetch()} />}
            <SettingFields settings={settings.filter(setting => first.includes(setting.name))} values={draft.options} onChange={setOption} />
            {settings.length > 0 && <div><Button size="xs" variant="subtle" color="gray" aria-expanded={more} leftSection={more ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />} onClick={moreState.toggle}>{more ? 'Fewer options' : `All ${settings.length} options`}</Button></div>}
            <Collapse expanded={more}><SettingFields settings={settings.filter(setting => !first.includes(setting.name))} values={draft.options} onChange={setOption} /></Collapse>
          </div>
        </Card>
      </div>
    </fieldset>
  );
}
