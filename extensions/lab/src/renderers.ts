import { PageConfig } from '@jupyterlab/coreutils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

import { chartFactory } from './chart/renderer';
import { VoilaKernel } from './grid/kernelSource';
import { keepOwnKeys } from './grid/ownKeys';
import { gridFactory } from './grid/renderer';
import { networkFactory } from './network/renderer';

/**
 * The renderers, for any front end that loads JupyterLab extensions.
 *
 * JupyterLab's notebooks replace the first by one that knows the notebook's kernel
 * (see notebookKernels.ts); a Voila page has one kernel, named in its configuration.
 */
const kernel = PageConfig.getOption('kernelId') ? new VoilaKernel() : null;

keepOwnKeys();

const extensions: IRenderMime.IExtension[] = [
  { id: 'tobit-lab:grid', rendererFactory: gridFactory(kernel), rank: 0, dataType: 'json' },
  { id: 'tobit-lab:chart', rendererFactory: chartFactory, rank: 0, dataType: 'json' },
  { id: 'tobit-lab:network', rendererFactory: networkFactory, rank: 0, dataType: 'json' }
];

export default extensions;
