import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Kernel } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

import type { KernelSource } from './grid/kernelSource';
import { gridFactory } from './grid/renderer';

/** The kernel of a notebook or console, through restarts and changes. */
class SessionKernel implements KernelSource {
  constructor(private _session: ISessionContext) {
    _session.kernelChanged.connect(() => this._changed.emit());
    _session.disposed.connect(() => Signal.clearData(this));
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this._session.session?.kernel ?? null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private _changed = new Signal<this, void>(this);
}

/** Results in notebooks and consoles page through the kernel of that notebook or console. */
export const notebookKernels: JupyterFrontEndPlugin<void> = {
  id: 'tobit-lab:notebook-kernels',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IConsoleTracker],
  activate: (_, notebooks: INotebookTracker, consoles: IConsoleTracker | null) => {
    const tie = (registry: IRenderMimeRegistry, session: ISessionContext): void =>
      registry.addFactory(gridFactory(new SessionKernel(session)), 0);
    notebooks.forEach(panel => tie(panel.content.rendermime, panel.sessionContext));
    notebooks.widgetAdded.connect((__, panel) => tie(panel.content.rendermime, panel.sessionContext));
    consoles?.widgetAdded.connect((__, panel) => tie(panel.console.rendermime, panel.sessionContext));
  }
};
