import { Modal, ScrollArea, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { providerQuery, providersQuery } from '@/api/providers';
import { toastProblem } from '@/components/feedback/toast';
import { StepIcon } from '../editor/StepIcon';
import { controlSteps, freeId, stepOfAction } from './templates';
import classes from './AddStepModal.module.css';

interface AddStepModalProps {
  taken: ReadonlySet<string>;
  onClose: () => void;
  onAdd: (step: Record<string, unknown>) => void;
}

const shownMax = 120;

/** Which step is to be added: an action of a provider, or one that decides what others do. */
export function AddStepModal({ taken, onClose, onAdd }: AddStepModalProps) {
  const [text, setText] = useState('');
  const client = useQueryClient();
  const providers = useQuery(providersQuery).data ?? [];
  const words = text.toLowerCase().split(/\s+/).filter(word => word !== '');
  const fits = (...texts: string[]) => words.every(word => texts.some(each => each.toLowerCase().includes(word)));
  const controls = controlSteps.filter(each => fits(each.kind, each.title, each.help));
  const actions = providers.flatMap(provider => provider.actions.map(action => ({ provider, action, use: `${provider.id}.${action}` }))).filter(each => fits(each.use, each.provider.title, each.provider.help));
  const addAction = async (provider: string, action: string) => {
    try {
      const found = (await client.ensureQueryData(providerQuery(provider))).actions.find(each => each.id === action)!;
      onAdd({ id: freeId(action, taken), ...stepOfAction(found) });
    } catch (error) {
      toastProblem(error);
    }
  };
  const addFirst = () => {
    if (words.length > 0 && actions[0] !== undefined && controls.length === 0) void addAction(actions[0].provider.id, actions[0].action);
    else if (controls[0] !== undefined && words.length > 0) onAdd(controls[0].step);
  };
  return (
    <Modal opened onClose={onClose} title={<Text fw={600} component="span">Add a step</Text>} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <TextInput
        aria-label="Search actions" placeholder="Search actions: copy files, http, mail …" leftSection={<Search size={15} aria-hidden="true" />} data-autofocus value={text}
        onChange={event => setText(event.currentTarget.value)} onKeyDown={event => { if (event.key === 'Enter') addFirst(); }}
      />
      <ScrollArea.Autosize mah="56vh" mt="md" type="auto">
        {controls.length > 0 && <h3 className={classes.group}>Control</h3>}
        <div className={classes.grid}>
          {controls.map(each => <Choice key={each.kind} icon={<StepIcon kind={each.kind} use="" />} title={each.title} help={each.help} onClick={() => onAdd(each.step)} />)}
        </div>
        {actions.length > 0 && <h3 className={classes.group}>Actions</h3>}
        <div className={classes.grid}>
          {actions.slice(0, shownMax).map(each => <Choice key={each.use} icon={<StepIcon kind="action" use={each.use} />} title={each.use} help={each.provider.help} onClick={() => void addAction(each.provider.id, each.action)} />)}
        </div>
        {actions.length > shownMax && <p className={classes.none}>{actions.length - shownMax} more: search for them.</p>}
        {controls.length === 0 && actions.length === 0 && <p className={classes.none}>No action fits these words.</p>}
      </ScrollArea.Autosize>
    </Modal>
  );
}

function Choice({ icon, title, help, onClick }: { icon: React.ReactNode; title: string; help: string; onClick: () => void }) {
  return (
    <button type="button" className={classes.choice} onClick={onClick}>
      <span className={classes.icon}>{icon}</span>
      <span className={classes.words}><b>{title}</b><span>{help}</span></span>
    </button>
  );
}
