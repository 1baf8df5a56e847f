import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { Core, ElementDefinition } from 'cytoscape';

import { element } from '../element';
import { translation } from '../translation';

export const NETWORK_MIME = 'application/vnd.tobit.network+json';

interface NetworkNode {
  id: string;
  label: string;
  group: string;
  colour: string;
  x: number;
  y: number;
  properties: Record<string, unknown>;
}

interface NetworkEdge {
  id: string;
  from: string;
  to: string;
  label: string;
  properties: Record<string, unknown>;
}

interface Network {
  nodes: NetworkNode[];
  edges: NetworkEdge[];
  legend: { group: string; colour: string; count: number }[];
  note: string;
  height: number;
}

const WIDTH = 900;
const HEIGHT = 520;

/** Draws nodes and relationships: zoom, drag, click for properties. Cytoscape is loaded with the first one. */
class NetworkRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private _trans: TranslationBundle) {
    super();
    this.addClass('tobit-Output');
    this.addClass('tobit-Network');
    this.node.append(this._legend, this._plot, this._details, this._note);
    this._details.hidden = true;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._network = model.data[NETWORK_MIME] as unknown as Network;
    this._plot.style.height = `${this._network.height}px`;
    this._note.textContent = this._network.note;
    this._note.hidden = !this._network.note;
    this._showLegend();
    if (this.isAttached) {
      await this._draw();
    }
  }

  protected onAfterAttach(_: Message): void {
    void this._draw();
  }

  protected onResize(_: Widget.ResizeMessage): void {
    this._cy?.resize();
  }

  dispose(): void {
    this._cy?.destroy();
    this._cy = null;
    super.dispose();
  }

  private async _draw(): Promise<void> {
    const network = this._network;
    if (!network) {
      return;
    }
    const turn = ++this._turn;
    const { default: cytoscape } = await import('cytoscape');
    if (turn !== this._turn || !this.isAttached) {
      return;
    }
    this._cy?.destroy();
    const colour = getComputedStyle(this.node).getPropertyValue('--jp-ui-font-color1').trim() || '#1f2630';
    this._cy = cytoscape({
      container: this._plot,
      elements: elementsOf(network),
      layout: { name: 'preset', fit: true, padding: 30 },
      minZoom: 0.1,
      maxZoom: 6,
      style: [
        {
          selector: 'node',
          style: {
            label: 'data(label)',
            'background-color': 'data(colour)',
            color: colour,
            width: 22,
            height: 22,
            'font-size': 11,
            'text-valign': 'bottom',
            'text-margin-y': 3,
            'min-zoomed-font-size': 7
          }
        },
        {
          selector: 'edge',
          style: {
            label: 'data(label)',
            color: colour,
            width: 1.3,
            'curve-style': 'bezier',
            'line-color': '#8a94a3',
            'target-arrow-color': '#8a94a3',
            'target-arrow-shape': 'triangle',
            'font-size': 9,
            'min-zoomed-font-size': 8,
            'text-rotation': 'autorotate',
            'text-opacity': 0.75
          }
        },
        { selector: ':selected', style: { 'border-width': 3, 'border-color': colour, 'line-color': colour } },
        { selector: '.tobit-faded', style: { opacity: 0.15 } }
      ]
    });
    this._cy.on('tap', 'node, edge', event => this._showDetails(event.target.data()));
    this._cy.on('tap', event => {
      if (event.target === this._cy) {
        this._details.hidden = true;
      }
    });
    this._plot.dataset.drawn = String(this._cy.nodes().length);
  }

  private _showLegend(): void {
    const groups = this._network?.legend ?? [];
    this._legend.replaceChildren(
      ...groups.map(({ group, colour, count }) => {
        const dot = element('span', { class: 'tobit-Network-dot' });
        dot.style.background = colour;
        return element(
          'button',
          {
            class: 'tobit-Network-group',
            title: this._trans.__('Show these alone, or all again'),
            attrs: { type: 'button', 'aria-pressed': 'false' },
            on: { click: event => this._single(event.currentTarget as HTMLElement, group) }
          },
          dot,
          element('span', { text: `${group || '?'} (${count})` })
        );
      }),
      element('button', {
        class: 'tobit-Network-group',
        text: this._trans.__('Fit'),
        attrs: { type: 'button' },
        on: { click: () => this._cy?.fit(undefined, 30) }
      })
    );
  }

  private _single(button: HTMLElement, group: string): void {
    const chosen = button.getAttribute('aria-pressed') !== 'true';
    for (const each of this._legend.querySelectorAll('[aria-pressed]')) {
      each.setAttribute('aria-pressed', String(each === button && chosen));
    }
    this._cy?.elements().removeClass('tobit-faded');
    if (chosen) {
      const kept = this._cy?.nodes().filter(node => node.data('group') === group);
      if (kept) {
        this._cy?.elements().not(kept.union(kept.connectedEdges())).addClass('tobit-faded');
      }
    }
  }

  private _showDetails(data: { title: string; properties: Record<string, unknown> }): void {
    const rows = Object.entries(data.properties ?? {}).map(([name, value]) =>
      element(
        'tr',
        {},
        element('th', { text: name, attrs: { scope: 'row' } }),
        element('td', { text: typeof value === 'object' ? JSON.stringify(value) : String(value) })
      )
    );
    this._details.replaceChildren(element('strong', { text: data.title }), element('table', {}, ...rows));
    this._details.hidden = false;
  }

  private _network: Network | null = null;
  private _cy: Core | null = null;
  private _turn = 0;
  private _legend = element('div', { class: 'tobit-Network-legend' });
  private _plot = element('div', { class: 'tobit-Network-plot', attrs: { role: 'img' } });
  private _details = element('div', { class: 'tobit-Network-details', attrs: { role: 'status' } });
  private _note = element('p', { class: 'tobit-Network-note', attrs: { role: 'status' } });
}

function elementsOf(network: Network): ElementDefinition[] {
  return [
    ...network.nodes.map(({ id, label, group, colour, x, y, properties }) => ({
      data: { id: `n${id}`, label, group, colour, properties, title: `${group} ${label}`.trim() },
      position: { x: x * WIDTH, y: y * HEIGHT }
    })),
    ...network.edges.map(({ id, from, to, label, properties }) => ({
      data: { id: `e${id}`, source: `n${from}`, target: `n${to}`, label, properties, title: label }
    }))
  ];
}

/** Safe: all that comes from data is set as text. */
export const networkFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [NETWORK_MIME],
  defaultRank: 0,
  createRenderer: options => new NetworkRenderer(translation(options.translator))
};
