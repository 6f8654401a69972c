import { Button, Select, TextInput, type TextInputProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { providersQuery } from '@/api/providers';
import { Card } from '@/components/page/Card';
import { ActionFields } from './ActionFields';
import { emptyAction, idOf, problemsOf, signIns, type ManifestDraft, type SignIn } from './draft';
import classes from './Manifest.module.css';

const signInTexts: Record<SignIn, string> = {
  none: 'Not at all', bearer: 'A token (Authorization: Bearer)', header: 'A key in a header', query: 'A key in the address', basic: 'A user and a password',
};

interface ManifestFormProps {
  draft: ManifestDraft;
  /** Its id is free to choose. */
  isNew: boolean;
  /** Problems are told from now on. */
  asked: boolean;
  onChange: (draft: ManifestDraft) => void;
}

/** An API in a form: where it is, how one signs in, what tests that, and what it can do. */
export function ManifestForm({ draft, isNew, asked, onChange }: ManifestFormProps) {
  const categories = [...new Set(useQuery(providersQuery).data?.map(provider => provider.category)), draft.category].sort();
  const problems = asked ? problemsOf(draft) : {};
  const set = (change: Partial<ManifestDraft>) => onChange({ ...draft, ...change });
  // The boxes of a row stand on one line, whatever is said of each.
  const below = { inputWrapperOrder: ['label', 'input', 'description', 'error'], autoComplete: 'off' } as const satisfies TextInputProps;
  const text = { ...below, spellCheck: false } as const;
  return (
    <div className={classes.form}>
      <Card title="The API">
        <div className={classes.fields}>
          <TextInput label="Name" withAsterisk error={problems.name} value={draft.name} onChange={event => { const name = event.currentTarget.value; set({ name, ...(isNew && draft.id === idOf(draft.name) && { id: idOf(name) }) }); }} {...below} />
          <TextInput label="Id" description="What steps call it by." withAsterisk error={problems.id} value={draft.id} onChange={event => set({ id: event.currentTarget.value })} disabled={!isNew} {...text} />
          <TextInput label="Base URL" description="Where all its paths begin." placeholder="https://api.example.com/v1" withAsterisk error={problems.baseUrl} value={draft.baseUrl} onChange={event => set({ baseUrl: event.currentTarget.value.trim() })} {...text} />
          <TextInput label="Documentation" description="Where it is described; the base URL when left out." error={problems.docs} value={draft.docs} onChange={event => set({ docs: event.currentTarget.value.trim() })} {...text} />
          <Select label="Category" data={[...new Set(categories)]} searchable value={draft.category} onChange={category => set({ category: category ?? draft.category })} />
          <TextInput label="What it is for" description="One sentence." value={draft.help} onChange={event => set({ help: event.currentTarget.value })} {...below} />
        </div>
      </Card>
      <Card title="Signing in">
        <div className={classes.fields}>
          <Select label="How one signs in" data={signIns.map(value => ({ value, label: signInTexts[value] }))} value={draft.signIn} onChange={signIn => set({ signIn: signIns.find(each => each === signIn) ?? draft.signIn })} />
          {(draft.signIn === 'header' || draft.signIn === 'query') && <TextInput label={draft.signIn === 'header' ? 'Name of the header' : 'Name of the parameter'} withAsterisk error={problems.keyName} value={draft.keyName} onChange={event => set({ keyName: event.currentTarget.value })} {...text} />}
        </div>
        <div className={classes.fields}>
          <TextInput label="Test" description="A path that is read when a connection is tested." placeholder="/me" error={problems.testPath} value={draft.testPath} onChange={event => set({ testPath: event.currentTarget.value.trim() })} {...text} />
          <TextInput label="Whose it is" description="Where the answer says it." placeholder="user.email" value={draft.testWho} onChange={event => set({ testWho: event.currentTarget.value.trim() })} disabled={draft.testPath === ''} {...text} />
        </div>
      </Card>
      <Card title="Actions">
        <div className={classes.actions}>
          {draft.actions.map((action, index) => (
            <ActionFields
              // Actions have no name but their place while they are written.
              key={index} number={index + 1} action={action} problems={problems} place={`actions.${index}`}
              onChange={next => set({ actions: draft.actions.with(index, next) })}
              onRemove={draft.actions.length > 1 ? () => set({ actions: draft.actions.filter((_, other) => other !== index) }) : undefined}
            />
          ))}
          <div><Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden="true" />} onClick={() => set({ actions: [...draft.actions, emptyAction] })}>Add an action</Button></div>
        </div>
      </Card>
    </div>
  );
}
