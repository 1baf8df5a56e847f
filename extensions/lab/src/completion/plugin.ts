import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICompletionProviderManager } from '@jupyterlab/completer';

import { Gate } from '../gate';
import { TobitCompletions } from './provider';

/** Completion of verbs, options, sources, tables and columns. */
export const completion: JupyterFrontEndPlugin<void> = {
  id: 'tobit-lab:completion',
  autoStart: true,
  requires: [ICompletionProviderManager],
  activate: (app: JupyterFrontEnd, manager: ICompletionProviderManager) => manager.registerProvider(new TobitCompletions(new Gate(app.serviceManager.serverSettings)))
};
