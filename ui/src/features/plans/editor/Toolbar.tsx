import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { Plus, Redo2, Settings2, Undo2 } from 'lucide-react';
import { views, type View } from './views';
import classes from './Toolbar.module.css';

interface ToolbarProps {
  view: View;
  onView: (view: View) => void;
  isNarrow: boolean;
  readOnly: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onAdd: () => void;
  onSettings: () => void;
}

/** Above the editor: how the plan is shown, and what is done to it. */
export function Toolbar({ view, onView, isNarrow, readOnly, onUndo, onRedo, onAdd, onSettings }: ToolbarProps) {
  const shown = isNarrow ? views.slice(1) : views;
  return (
    <div className={classes.bar}>
      <SegmentedControl size="xs" aria-label="How the plan is shown" value={view} onChange={next => onView(next)} data={shown.map(each => ({ value: each, label: each === 'both' ? 'Both' : each === 'yaml' ? 'YAML' : 'Graph' }))} />
      {!readOnly && (
        <>
          <Tooltip label="Undo (Ctrl Z)"><ActionIcon variant="subtle" color="gray" aria-label="Undo" onClick={onUndo}><Undo2 size={16} /></ActionIcon></Tooltip>
          <Tooltip label="Redo (Ctrl Y)"><ActionIcon variant="subtle" color="gray" aria-label="Redo" onClick={onRedo}><Redo2 size={16} /></ActionIcon></Tooltip>
          <span className={classes.space} />
          <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden="true" />} onClick={onAdd}>Add a step</Button>
        </>
      )}
      {readOnly && <span className={classes.space} />}
      {isNarrow
        ? <ActionIcon variant="default" size={30} aria-label="Settings of the plan" onClick={onSettings}><Settings2 size={15} /></ActionIcon>
        : <Button size="xs" variant="default" leftSection={<Settings2 size={14} aria-hidden="true" />} onClick={onSettings}>Settings</Button>}
    </div>
  );
}
