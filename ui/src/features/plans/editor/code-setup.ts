import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, type DecorationSet } from '@codemirror/view';
import { codeLook } from './code-look';

/** The part of the text that is the chosen step; null for none. */
export const markStep = StateEffect.define<{ from: number; to: number } | null>();

const stepLine = Decoration.line({ class: 'cm-step' });

const markedStep = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markStep)) continue;
      next = Decoration.none;
      if (effect.value === null) continue;
      const { doc } = transaction.state;
      const [first, last] = [doc.lineAt(Math.min(effect.value.from, doc.length)).number, doc.lineAt(Math.min(Math.max(effect.value.from, effect.value.to - 1), doc.length)).number];
      next = Decoration.set(Array.from({ length: last - first + 1 }, (_, index) => stepLine.range(doc.line(first + index).from)));
    }
    return next;
  },
  provide: field => EditorView.decorations.from(field),
});

interface Setup {
  completions: CompletionSource;
  onSave: () => void;
  readOnly: boolean;
}

/** An editor of plans: YAML with completion and what is wrong in the margin. Tab indents; Escape and then Tab leaves it. */
export const codeSetup = ({ completions, onSave, readOnly }: Setup): Extension => [
  keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => { onSave(); return true; } }]),
  lineNumbers(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
  indentUnit.of('  '), EditorState.tabSize.of(2), EditorState.readOnly.of(readOnly),
  yaml(), markedStep, codeLook,
  autocompletion({ override: [completions], activateOnTyping: true, icons: false }),
  EditorView.contentAttributes.of({ 'aria-label': 'The plan as YAML', spellcheck: 'false', tabindex: '0' }),
  keymap.of([...closeBracketsKeymap, ...completionKeymap, { key: 'Tab', run: indentMore, shift: indentLess }, ...searchKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
];
