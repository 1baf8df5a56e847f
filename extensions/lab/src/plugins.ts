import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { magicCells } from './highlight/magicCells';
import { notebookKernels } from './notebookKernels';

const plugins: JupyterFrontEndPlugin<unknown>[] = [notebookKernels, magicCells];

export default plugins;
