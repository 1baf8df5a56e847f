import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { Poll } from '@lumino/polling';

import { SHOW } from '../catalog/plugin';
import { Gate, GateState } from '../gate';
import { translation } from '../translation';
import { StatusItem } from './item';

const EVERY_MS = 30_000;
/** While the gate starts the person is waiting for it. */
const STARTING_MS = 2_000;

/** Who I am, where, and whether the gate is up; looks only while the page is visible. */
export const statusItem: JupyterFrontEndPlugin<void> = {
  id: 'tobit-lab:status',
  autoStart: true,
  requires: [IStatusBar],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, bar: IStatusBar, translator: ITranslator | null) => {
    const gate = new Gate(app.serviceManager.serverSettings);
    const item = new StatusItem(translation(translator ?? undefined), state => {
      if (state === 'down') {
        void gate.start().then(show, () => poll.refresh());
      } else {
        void app.commands.execute(SHOW);
      }
    });
    const show = (state: GateState | null): void => {
      item.draw(state);
      if (state?.state === 'starting') {
        window.setTimeout(() => void poll.refresh(), STARTING_MS);
      }
    };
    const poll = new Poll({
      name: 'tobit:gate',
      frequency: { interval: EVERY_MS, backoff: false },
      standby: 'when-hidden',
      factory: async () => show(await gate.state().catch(() => null))
    });
    bar.registerStatusItem('tobit:status', { item, align: 'left', rank: 10 });
  }
};
