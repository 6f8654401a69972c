import { Alert, Button, Radio, Stack } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { plural } from '@/components/time/words';
import type { Imported } from '../api/import-document';
import classes from '../ImportPage.module.css';
import { actionsIn } from './found';

interface FoundProps {
  found: Imported;
  /** It replaces one that is there. */
  replaces: boolean;
  saving: boolean;
  onChoose: (baseUrl: string) => void;
  onSave: () => void;
}

/** What a document holds, what is odd about it, what it leaves open, and what changes. */
export function Found({ found, replaces, saving, onChoose, onSave }: FoundProps) {
  const { id, manifest, question, warnings, changes } = found;
  const [showsManifest, setShowsManifest] = useState(false);
  return (
    <Card
      title={`What it found: ${plural(found.action_count, 'action')} for '${id}'`}
      actions={manifest !== null && <Button loading={saving} onClick={onSave}>{replaces ? 'Save the changes' : 'Save the provider'}</Button>}
    >
      <div className={classes.found}>
        {question !== null && (
          <Alert color="yellow" variant="light" role="alert" icon={<TriangleAlert size={18} />} title="Where is the API?">
            <Stack gap="sm">
              <span>{question}</span>
              {found.base_url_choices.length > 0 && (
                <Radio.Group aria-label="Base URL" onChange={onChoose}>
                  <Stack gap="xs">{found.base_url_choices.map(choice => <Radio key={choice} value={choice} label={<code>{choice}</code>} />)}</Stack>
                </Radio.Group>
              )}
              <span>{found.base_url_choices.length > 0 ? 'Choose one, or write another base URL above and read it again.' : 'Write the base URL above and read it again.'}</span>
            </Stack>
          </Alert>
        )}
        {replaces && (
          <Section title="What changes">
            {changes.length === 0 ? <p className={classes.soft}>Nothing that plans would notice.</p> : <Texts texts={changes} what="change" />}
          </Section>
        )}
        {warnings.length > 0 && <Section title="What is odd about the document"><Texts texts={warnings} what="warning" /></Section>}
        {manifest !== null && <Actions ids={actionsIn(manifest)} />}
        {manifest !== null && (showsManifest
          ? <JsonView value={manifest} label="Manifest" />
          : <div><Button variant="default" size="xs" onClick={() => setShowsManifest(true)}>Show the manifest</Button></div>)}
      </div>
    </Card>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <section className={classes.section} aria-label={title}><h3>{title}</h3>{children}</section>;
}

const textsAtFirst = 10;

function Texts({ texts, what }: { texts: readonly string[]; what: string }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <ul className={classes.list}>{(all ? texts : texts.slice(0, textsAtFirst)).map((text, index) => <li key={`${index} ${text}`}>{text}</li>)}</ul>
      {!all && texts.length > textsAtFirst && <div><Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>Show all {plural(texts.length, what)}</Button></div>}
    </>
  );
}

const actionsAtFirst = 40;

function Actions({ ids }: { ids: readonly string[] }) {
  const [all, setAll] = useState(false);
  return (
    <Section title="Actions">
      <ul className={classes.actions}>{(all ? ids : ids.slice(0, actionsAtFirst)).map(id => <li key={id}><code>{id}</code></li>)}</ul>
      {!all && ids.length > actionsAtFirst && <div><Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>Show all {ids.length}</Button></div>}
    </Section>
  );
}
