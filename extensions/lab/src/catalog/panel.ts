import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { element } from '../element';
import { tobitIcon } from '../icons';
import type { Catalog } from './model';
import type { CatalogNode } from './node';
import { Action, Tree } from './tree';

/** The side panel: a filter, the tree, and words where there is no tree. */
export class CatalogPanel extends Widget {
  constructor(
    private _catalog: Catalog,
    private _trans: TranslationBundle,
    act: (action: Action, item: CatalogNode) => void
  ) {
    super();
    this.id = 'tobit-catalog';
    this.addClass('tobit-Catalog');
    this.title.icon = tobitIcon;
    this.title.caption = _trans.__('Tobit');
    this._tree = new Tree({ toggle: (item, open) => void _catalog.toggle(item, open), act }, _trans);
    this._filter = this._makeFilter();
    const refresh = element(
      'button',
      {
        class: 'tobit-button tobit-mod-icon',
        title: _trans.__('Refresh'),
        attrs: { type: 'button', 'aria-label': _trans.__('Refresh') },
        on: { click: () => void this.refresh() }
      },
      refreshIcon.element({ tag: 'span', width: '16px', height: '16px' })
    );
    this.node.append(
      element('div', { class: 'tobit-Catalog-head' }, element('h2', { text: _trans.__('Tobit') }), refresh),
      element('div', { class: 'tobit-Catalog-search' }, this._filter),
      this._words,
      this._tree.node
    );
    _catalog.changed.connect(() => this._draw());
  }

  get selected(): CatalogNode | null {
    return this._tree.selected;
  }

  async refresh(): Promise<void> {
    await this._catalog.refresh();
    if (this._filter.value) {
      await this._catalog.loadTables();
    }
  }

  /** Nothing is asked of the gate before the panel is seen. */
  protected onAfterShow(_: Message): void {
    this._firstLook();
  }

  protected onAfterAttach(_: Message): void {
    if (this.isVisible) {
      this._firstLook();
    }
  }

  protected onActivateRequest(_: Message): void {
    this._filter.focus();
  }

  private _firstLook(): void {
    if (this._catalog.sources === null && !this._catalog.loading) {
      void this.refresh();
    }
  }

  private _makeFilter(): HTMLInputElement {
    const label = this._trans.__('Filter tables and columns');
    return element('input', {
      attrs: { type: 'search', placeholder: label, 'aria-label': label, spellcheck: 'false', autocomplete: 'off' },
      on: {
        input: () => {
          this._draw();
          if (this._filter.value) {
            void this._catalog.loadTables();
          }
        },
        keydown: event => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            this._tree.node.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
          }
        }
      }
    });
  }

  private _draw(): void {
    const { sources, loading, error } = this._catalog;
    const filter = this._filter.value.trim();
    this._tree.draw(sources ?? [], filter);
    const nothing = filter && !this._tree.node.childElementCount && sources?.length;
    const text = loading && !sources
      ? this._trans.__('Asking the gate; the first time it is started, which takes a few seconds …')
      : error || (sources?.length === 0 ? this._trans.__('There are no sources yet. Add one with %tobit sources --add.') : nothing ? this._trans.__('Nothing is called like “%1”.', filter) : '');
    this._words.textContent = text;
    this._words.hidden = !text;
    this._words.dataset.kind = error ? 'error' : 'note';
    this._tree.node.hidden = !sources?.length;
  }

  private _tree: Tree;
  private _filter: HTMLInputElement;
  private _words = element('p', { class: 'tobit-Catalog-words', attrs: { role: 'status' } });
}
