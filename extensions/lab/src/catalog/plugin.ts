import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import { Gate, GateError } from '../gate';
import { describeIcon, insertIcon, tableIcon, tobitIcon } from '../icons';
import { translation } from '../translation';
import { Catalog } from './model';
import { qualified, quoted } from './names';
import type { CatalogNode } from './node';
import { CatalogPanel } from './panel';
import { describe, preview } from './preview';
import type { Action } from './tree';

export const SHOW = 'tobit:show-catalog';
const REFRESH = 'tobit:refresh-catalog';
const COMMANDS: Record<Action, string> = { insert: 'tobit:insert-name', preview: 'tobit:preview-table', describe: 'tobit:describe-table' };

/** The side panel, and what may be done with a table there. */
export const catalogPanel: JupyterFrontEndPlugin<void> = {
  id: 'tobit-lab:catalog',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (app: JupyterFrontEnd, notebooks: INotebookTracker, translator: ITranslator | null, restorer: ILayoutRestorer | null, palette: ICommandPalette | null) => {
    const trans = translation(translator ?? undefined);
    const gate = new Gate(app.serviceManager.serverSettings);
    const catalog = new Catalog(gate, trans);
    const panel = new CatalogPanel(catalog, trans, (action, item) => void act(action, item));

    const act = async (action: Action, item: CatalogNode): Promise<void> => {
      if (action === 'insert') {
        insert(notebooks, item, trans);
        return;
      }
      await open(app, `tobit-${action}:${item.key}`, () => (action === 'preview' ? preview(item, gate, trans) : describe(item, catalog, trans)));
    };

    const { commands } = app;
    commands.addCommand(SHOW, { label: trans.__('Show the Tobit catalog'), icon: tobitIcon, execute: () => app.shell.activateById(panel.id) });
    commands.addCommand(REFRESH, { label: trans.__('Refresh the Tobit catalog'), icon: refreshIcon, execute: () => panel.refresh() });
    const labels = { insert: trans.__('Insert the name'), preview: trans.__('Show the first rows'), describe: trans.__('Describe columns') };
    const icons = { insert: insertIcon, preview: tableIcon, describe: describeIcon };
    (Object.keys(COMMANDS) as Action[]).forEach((action, rank) => {
      commands.addCommand(COMMANDS[action], {
        label: labels[action],
        icon: icons[action],
        isVisible: () => panel.selected?.kind === 'table' || (action === 'insert' && panel.selected?.kind === 'column'),
        execute: () => (panel.selected ? act(action, panel.selected) : undefined)
      });
      app.contextMenu.addItem({ command: COMMANDS[action], selector: '.tobit-Tree', rank });
    });
    app.contextMenu.addItem({ command: REFRESH, selector: '.tobit-Catalog', rank: 10 });
    [SHOW, REFRESH].forEach(command => palette?.addItem({ command, category: 'Tobit' }));

    restorer?.add(panel, panel.id);
    app.shell.add(panel, 'left', { rank: 150 });
  }
};

/** Writes the name where the person was typing. */
function insert(notebooks: INotebookTracker, item: CatalogNode, trans: TranslationBundle): void {
  const editor = notebooks.activeCell?.editor;
  if (!editor) {
    Notification.info(trans.__('Open a notebook and click into a cell first.'), { autoClose: 4000 });
    return;
  }
  const name = item.kind === 'column' ? quoted(item.name) : qualified(item.schema, item.table);
  editor.replaceSelection?.(name);
  editor.focus();
}

/** Shows the tab `id`, making it when it is not there. */
async function open(app: JupyterFrontEnd, id: string, make: () => Promise<MainAreaWidget>): Promise<void> {
  try {
    const present = [...app.shell.widgets('main')].find(widget => widget.id === id);
    present?.dispose();
    app.shell.add(await make(), 'main');
    app.shell.activateById(id);
  } catch (reason) {
    const hint = reason instanceof GateError ? reason.hint : '';
    Notification.error([(reason as Error).message, hint].filter(Boolean).join('\n'), { autoClose: 8000 });
  }
}
