import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { catalogPanel } from './catalog/plugin';
import { completion } from './completion/plugin';
import { magicCells } from './highlight/magicCells';
import { notebookKernels } from './notebookKernels';
import { statusItem } from './status/plugin';

const plugins: JupyterFrontEndPlugin<void>[] = [notebookKernels, magicCells, catalogPanel, completion, statusItem];

export default plugins;
