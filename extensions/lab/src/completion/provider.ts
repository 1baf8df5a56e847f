import type { CompletionHandler, ICompletionContext, ICompletionProvider } from '@jupyterlab/completer';
import { Text } from '@jupyterlab/coreutils';

import type { Gate } from '../gate';

interface Completions {
  start: number;
  end: number;
  items: { label: string; insert: string; kind: string; detail: string }[];
}

/** Completes `%tobit` lines and `%%tobit` cells from the Jupyter server: it answers while the kernel works. */
export class TobitCompletions implements ICompletionProvider {
  readonly identifier = 'tobit';
  /** Before the kernel's own (550), so that ours come first in the list. */
  readonly rank = 900;
  readonly renderer = null;

  constructor(private _gate: Gate) {}

  async isApplicable(context: ICompletionContext): Promise<boolean> {
    const editor = context.editor;
    if (!editor) {
      return false;
    }
    const text = editor.model.sharedModel.getSource();
    return text.startsWith('%%tobit') || /^\s*%tobit\b/.test(editor.getLine(editor.getCursorPosition().line) ?? '');
  }

  async fetch(request: CompletionHandler.IRequest): Promise<CompletionHandler.ICompletionItemsReply> {
    const { text, offset } = request;
    // JavaScript counts UTF-16 units, Python code points.
    const found = await this._gate.complete<Completions>(text, Text.jsIndexToCharIndex(offset, text));
    return {
      start: Text.charIndexToJsIndex(found.start, text),
      end: Text.charIndexToJsIndex(found.end, text),
      items: found.items.map(({ label, insert, kind, detail }) => ({ label, insertText: insert, type: kind, documentation: detail || undefined }))
    };
  }
}
