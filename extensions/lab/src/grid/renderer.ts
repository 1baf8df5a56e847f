import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';

import { translation } from '../translation';
import { Channel } from './channel';
import type { KernelSource } from './kernelSource';
import { GRID_MIME, GridResult } from './result';
import { GridView } from './view';

/** Shows a result in an output area and ties it to the kernel that made it. */
class GridRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(
    private _source: KernelSource | null,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('tobit-Output');
    _source?.changed.connect(this._tie, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const result = model.data[GRID_MIME] as unknown as GridResult;
    if (this._view && this._result?.id === result.id) {
      return;
    }
    this._view?.dispose();
    this._result = result;
    this._view = new GridView(result, this._trans);
    this.addWidget(this._view);
    this._tie();
  }

  dispose(): void {
    if (!this.isDisposed) {
      Signal.disconnectReceiver(this);
      this._channel?.dispose();
      super.dispose();
    }
  }

  private _tie(): void {
    const kernel = this._source?.kernel ?? null;
    if (!this._view || !this._result || (this._channel && !this._channel.isLost && kernel?.id === this._kernelId)) {
      return;
    }
    this._channel?.dispose();
    this._channel = null;
    this._kernelId = kernel?.id ?? '';
    if (!kernel || kernel.status === 'dead' || this._gone) {
      this._view.disconnect(this._reason());
      return;
    }
    const channel = new Channel(kernel, this._result.id);
    this._channel = channel;
    channel.lost.connect((_, words) => {
      this._gone = true;
      this._words = words;
      this._tie();
    });
    this._view.connect(channel);
  }

  /** Why only the first rows are there: in the kernel's words, if it has any. */
  private _reason(): string {
    const shown = this._result?.rows.length.toLocaleString();
    if (!this._gone) {
      return this._trans.__('No kernel: showing the saved first %1 rows. Run the cell for all of them.', shown);
    }
    return (
      this._words ||
      this._trans.__('The kernel that made this result is gone: showing the saved first %1 rows. Run the cell again for all of them.', shown)
    );
  }

  private _view: GridView | null = null;
  private _result: GridResult | null = null;
  private _channel: Channel | null = null;
  private _kernelId = '';
  /** A result does not come back: only running the cell again makes a new one. */
  private _gone = false;
  private _words = '';
}

/** Makes renderers of results whose kernel is in `source`. */
export function gridFactory(source: KernelSource | null): IRenderMime.IRendererFactory {
  return {
    // Everything from the result is set as text, so it may be shown in notebooks that are not trusted.
    safe: true,
    mimeTypes: [GRID_MIME],
    defaultRank: 0,
    createRenderer: options => new GridRenderer(source, translation(options.translator))
  };
}
