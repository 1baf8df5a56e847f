import type { TranslationBundle } from '@jupyterlab/translation';

import { drawing, DrawingName } from '../drawing';
import { element } from '../element';
import { PAGE_SIZES } from './result';

/** First, previous, page number, next, last, and the page's size. */
export class Pager {
  constructor(
    private _trans: TranslationBundle,
    private _changed: () => void
  ) {
    const move = (name: DrawingName, label: string, target: () => number): HTMLButtonElement =>
      element(
        'button',
        {
          class: 'tobit-button tobit-mod-icon',
          title: label,
          attrs: { type: 'button', 'aria-label': label },
          on: { click: () => this._go(target()) }
        },
        drawing(name)
      );
    this._first = move('first', _trans.__('First page'), () => 0);
    this._previous = move('previous', _trans.__('Previous page'), () => this._page - 1);
    this._next = move('next', _trans.__('Next page'), () => this._page + 1);
    this._last = move('last', _trans.__('Last page'), () => this._pages - 1);
    this._number = element('input', {
      class: 'tobit-Grid-page',
      attrs: { type: 'text', inputmode: 'numeric', 'aria-label': _trans.__('Page') },
      on: { change: () => this._go(Number.parseInt(this._number.value.replace(/\D/g, ''), 10) - 1 || 0) }
    });
    this._size = element(
      'select',
      { attrs: { 'aria-label': _trans.__('Rows per page') }, on: { change: () => this._resize() } },
      ...PAGE_SIZES.map(size => element('option', { text: _trans.__('%1 rows', size), attrs: { value: size } }))
    );
    this.node = element(
      'div',
      { class: 'tobit-Grid-pager', attrs: { role: 'group', 'aria-label': _trans.__('Pages') } },
      this._range,
      element('span', { class: 'tobit-Grid-moves' }, this._first, this._previous, this._number, this._total, this._next, this._last),
      this._size
    );
  }

  readonly node: HTMLElement;

  /** First row of the page, from 0. */
  get offset(): number {
    return this._page * this.limit;
  }

  get limit(): number {
    return Number(this._size.value);
  }

  /** Goes to the first page without asking for it: the caller is about to. */
  rewind(): void {
    this._page = 0;
  }

  /** Shows where we are in `rowCount` rows, of which `shown` are on the page. */
  draw(rowCount: number, shown: number, enabled: boolean): void {
    this._pages = Math.max(1, Math.ceil(rowCount / this.limit));
    this._page = Math.min(this._page, this._pages - 1);
    this._number.value = (this._page + 1).toLocaleString();
    this._total.textContent = this._trans.__('of %1', this._pages.toLocaleString());
    this._range.textContent = shown
      ? this._trans.__('%1–%2 of %3', (this.offset + 1).toLocaleString(), (this.offset + shown).toLocaleString(), rowCount.toLocaleString())
      : '';
    this._first.disabled = this._previous.disabled = !enabled || this._page === 0;
    this._next.disabled = this._last.disabled = !enabled || this._page >= this._pages - 1;
    this._number.disabled = !enabled || this._pages === 1;
    this._size.disabled = !enabled;
    this.node.classList.toggle('tobit-mod-single', rowCount <= PAGE_SIZES[0]);
  }

  private _go(page: number): void {
    this._page = Math.max(0, Math.min(page, this._pages - 1));
    this._changed();
  }

  /** Keeps the first row of the page in view. */
  private _resize(): void {
    const row = this._page * this._limitBefore;
    this._limitBefore = this.limit;
    this._page = Math.floor(row / this.limit);
    this._changed();
  }

  private _page = 0;
  private _pages = 1;
  private _limitBefore = PAGE_SIZES[0];
  private _range = element('span', { class: 'tobit-Grid-range' });
  private _total = element('span', { class: 'tobit-Grid-total' });
  private _number: HTMLInputElement;
  private _size: HTMLSelectElement;
  private _first: HTMLButtonElement;
  private _previous: HTMLButtonElement;
  private _next: HTMLButtonElement;
  private _last: HTMLButtonElement;
}
