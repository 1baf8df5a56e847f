import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { element } from '../element';
import { translation } from '../translation';
import { inReadingOrder } from './references';

export const CHART_MIME = 'application/vnd.tobit.chart+json';
const PICTURE_MIME = 'image/svg+xml';

interface Chart {
  item: { target_id: string; root_id: string };
  bokeh: string;
  height: number;
}

/** Draws a chart, which brings its own width and colours for light and dark; BokehJS is loaded with the first one. */
class ChartRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private _trans: TranslationBundle) {
    super();
    this.addClass('tobit-Output');
    this.addClass('tobit-Chart');
    this.node.append(this._picture, this._plot, this._note);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._chart = model.data[CHART_MIME] as unknown as Chart;
    this._showPicture(model.data[PICTURE_MIME]);
    if (!model.trusted) {
      // A chart may hold JavaScript of its author; a picture cannot.
      this._say(this._trans.__('A picture of the chart: trust the notebook to use it.'));
      return;
    }
    this._plot.style.minHeight = `${this._chart.height}px`;
    if (this.isAttached) {
      await this._draw();
    }
  }

  protected onAfterAttach(_: Message): void {
    void this._draw();
  }

  dispose(): void {
    this._views?.clear();
    this._views = null;
    super.dispose();
  }

  private async _draw(): Promise<void> {
    if (!this._chart || !this._plot.style.minHeight) {
      return;
    }
    const turn = ++this._turn;
    try {
      const { default: Bokeh } = await import('@bokeh/bokehjs/build/js/bokeh.esm.min.js');
      if (turn !== this._turn || !this.isAttached) {
        return;
      }
      Bokeh.set_log_level('error');
      this._views?.clear();
      this._plot.replaceChildren();
      this._views = await Bokeh.embed.embed_item(inReadingOrder(this._chart.item), this._plot);
      this._picture.hidden = true;
      this._say('');
    } catch (reason) {
      this._plot.style.minHeight = '';
      this._picture.hidden = !this._picture.src;
      this._say(this._trans.__('The chart could not be drawn: %1', String((reason as Error)?.message ?? reason)));
    }
  }

  private _showPicture(svg: unknown): void {
    const text = Array.isArray(svg) ? svg.join('') : svg;
    this._picture.hidden = typeof text !== 'string' || text === '';
    if (!this._picture.hidden) {
      // In an img element an SVG runs no scripts and loads nothing.
      this._picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text as string)}`;
      this._picture.alt = this._trans.__('Chart');
    }
  }

  private _say(text: string): void {
    this._note.textContent = text;
    this._note.hidden = !text;
  }

  private _chart: Chart | null = null;
  private _views: { clear(): void } | null = null;
  private _turn = 0;
  private _picture = element('img', { class: 'tobit-Chart-picture' });
  private _plot = element('div', { class: 'tobit-Chart-plot' });
  private _note = element('p', { class: 'tobit-Chart-note', attrs: { role: 'status' } });
}

/** Safe: what is not trusted is shown as a picture. */
export const chartFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [CHART_MIME],
  defaultRank: 0,
  createRenderer: options => new ChartRenderer(translation(options.translator))
};
