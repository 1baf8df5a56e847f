import { language, StreamLanguage } from '@codemirror/language';
import { EditorState, Extension, Prec, Text } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';

import { cypher } from './cypher';
import { sql } from './sql';

const LANGUAGES: Record<string, StreamLanguage<unknown>> = { sql: sql as StreamLanguage<unknown>, cypher: cypher as StreamLanguage<unknown> };

/** The language of a cell that starts with a magic of ours, else null. */
function languageOf(text: Text): StreamLanguage<unknown> | null {
  const found = /^%%tobit\s+(sql|cypher)\b/.exec(text.line(1).text);
  return found ? LANGUAGES[found[1]] : null;
}

/**
 * CodeMirror takes the first language that is given; ours comes first in cells of ours and nowhere else.
 *
 * It parses as soon as somebody may give one and fails when nobody does, as long as JupyterLab is still
 * loading Python. So there is always a last one, which colours nothing.
 */
const languages: Extension = [
  Prec.highest(
    language.computeN(['doc'], (state: EditorState) => {
      const found = languageOf(state.doc);
      return found ? [found] : [];
    })
  ),
  Prec.lowest(language.of(StreamLanguage.define({ name: 'tobit-plain', token: stream => (stream.skipToEnd(), null) })))
];

const firstLine: Extension = EditorView.decorations.compute(['doc'], state =>
  languageOf(state.doc) ? Decoration.set([Decoration.line({ class: 'tobit-magic-line' }).range(0)]) : Decoration.none
);

/** `%%tobit sql` and `%%tobit cypher` cells are coloured as what they hold. */
export const magicCells: JupyterFrontEndPlugin<void> = {
  id: 'tobit-lab:magic-cells',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  activate: (_, extensions: IEditorExtensionRegistry) =>
    extensions.addExtension({
      name: 'tobit-magic-cells',
      factory: ({ model }) =>
        model.mimeType.endsWith('python') || model.mimeType === 'text/plain' ? EditorExtensionRegistry.createImmutableExtension([languages, firstLine]) : null
    })
};
