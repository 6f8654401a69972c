import type { CompletionSource } from '@codemirror/autocomplete';
import { redo, undo } from '@codemirror/commands';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useImperativeHandle, useRef, type Ref } from 'react';
import { changeBetween } from '../document/text';
import { codeSetup, markStep } from './code-setup';
import classes from './CodePane.module.css';

/** What the rest of the page does with the text: by the editor, so that everything can be undone. */
export interface CodeHandle {
  replace: (text: string) => void;
  goTo: (offset: number) => void;
  undo: () => void;
  redo: () => void;
}

interface CodePaneProps {
  text: string;
  onChange: (text: string) => void;
  /** Where the person is, when they moved there themselves. */
  onPlace: (offset: number) => void;
  onSave: () => void;
  completions: CompletionSource;
  diagnostics: { text: string; items: readonly Diagnostic[] };
  /** Of the step that is chosen. */
  marked: { from: number; to: number } | null;
  readOnly: boolean;
  ref: Ref<CodeHandle>;
}

/** The plan's text. */
export function CodePane({ text, onChange, onPlace, onSave, completions, diagnostics, marked, readOnly, ref }: CodePaneProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useEffectEvent((next: string) => onChange(next));
  const moved = useEffectEvent((offset: number) => onPlace(offset));
  const saved = useEffectEvent(() => onSave());
  const complete = useEffectEvent((context: Parameters<CompletionSource>[0]) => completions(context));
  const create = useEffectEvent((parent: HTMLElement) => new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        codeSetup({ completions: context => complete(context), onSave: () => saved(), readOnly }),
        EditorView.updateListener.of(update => {
          if (update.docChanged) changed(update.state.doc.toString());
          if (update.selectionSet && update.transactions.some(each => each.isUserEvent('select'))) moved(update.state.selection.main.head);
        }),
      ],
    }),
  }));
  useEffect(() => {
    const created = create(place.current!);
    view.current = created;
    return () => created.destroy();
  }, []);
  useImperativeHandle(ref, () => ({
    replace: next => view.current?.dispatch({ changes: changeBetween(view.current.state.doc.toString(), next), userEvent: 'input.form' }),
    goTo: offset => {
      const at = Math.min(offset, view.current?.state.doc.length ?? 0);
      view.current?.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      view.current?.focus();
    },
    undo: () => { if (view.current !== null) undo(view.current); },
    redo: () => { if (view.current !== null) redo(view.current); },
  }), []);
  useEffect(() => {
    // What is said about an older text has its places in that one: the next answer is on its way.
    if (view.current?.state.doc.toString() === diagnostics.text) view.current.dispatch(setDiagnostics(view.current.state, diagnostics.items));
  }, [diagnostics]);
  const [from, to] = [marked?.from, marked?.to];
  useEffect(() => {
    if (view.current === null) return;
    const effects: (ReturnType<typeof markStep.of> | ReturnType<typeof EditorView.scrollIntoView>)[] = [markStep.of(from === undefined ? null : { from, to: to! })];
    if (from !== undefined && !view.current.hasFocus) effects.push(EditorView.scrollIntoView(Math.min(from, view.current.state.doc.length), { y: 'nearest', yMargin: 60 }));
    view.current.dispatch({ effects });
  }, [from, to]);
  return <div ref={place} className={classes.code} />;
}
