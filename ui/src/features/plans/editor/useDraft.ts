import { useRef, useState } from 'react';
import { dropDraft, keepDraft, readDraft } from './draft';

interface Saved {
  text: string;
  version: number;
}

export type DraftState = ReturnType<typeof useDraft>;

/** The text that is written, beside the one that is saved. It is kept in the browser until it is saved or given up. */
export function useDraft(plan: string, saved: Saved) {
  const [found] = useState(() => readDraft(plan));
  const [text, setText] = useState(found?.text ?? saved.text);
  const [base, setBase] = useState<Saved>(() => (found === null ? saved : { text: found.version === saved.version ? saved.text : '', version: found.version }));
  const [keptSince, setKeptSince] = useState(found !== null && found.text !== saved.text ? found.at : null);
  const [generation, setGeneration] = useState(0);
  const isChanged = text !== base.text;
  // What was saved or given up just now is known at once to whoever leaves with it.
  const changed = useRef(isChanged);
  const write = (next: string) => {
    changed.current = next !== base.text;
    setText(next);
    if (next === base.text) dropDraft(plan);
    else keepDraft(plan, { text: next, version: base.version, at: new Date().toISOString() });
  };
  /** From now on the text is that of a version which is saved. */
  const settle = (next: Saved) => {
    // The editor holds the text by itself: it begins anew with another one.
    if (next.text !== text) setGeneration(generation + 1);
    changed.current = false;
    setText(next.text);
    setBase(next);
    setKeptSince(null);
    dropDraft(plan);
  };
  /** What is written stays, and is to follow this version. */
  const rebase = (next: Saved) => {
    changed.current = text !== next.text;
    setBase(next);
    keepDraft(plan, { text, version: next.version, at: new Date().toISOString() });
  };
  return { text, base, generation, isChanged, hasChanges: () => changed.current, keptSince, write, settle, rebase, forgetKept: () => setKeptSince(null) };
}
