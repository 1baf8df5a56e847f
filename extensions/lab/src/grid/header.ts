import type { TranslationBundle } from '@jupyterlab/translation';

import { drawing } from '../drawing';
import { element } from '../element';
import type { Column, Sort } from './result';

/** The row of column names; a click sorts, a shift-click adds a second key. */
export class Header {
  constructor(
    private _columns: Column[],
    private _trans: TranslationBundle,
    private _changed: () => void
  ) {
    this.node = element(
      'tr',
      {},
      element('th', { class: 'tobit-Grid-number', attrs: { scope: 'col' } }, element('span', { class: 'tobit-hidden', text: _trans.__('Row') }))
    );
    _columns.forEach((column, index) => this.node.append(this._cell(column, index)));
    this._draw();
  }

  readonly node: HTMLTableRowElement;

  get sort(): Sort[] {
    return this._sort;
  }

  /** Back to the order of the result, without asking for it. */
  reset(): void {
    this._sort = [];
    this._draw();
  }

  enable(enabled: boolean): void {
    this._buttons.forEach(button => (button.disabled = !enabled));
  }

  private _cell(column: Column, index: number): HTMLTableCellElement {
    const button = element(
      'button',
      {
        class: 'tobit-Grid-sort',
        title: this._trans.__('%1 (%2): click to sort, Shift+click for a second key', column.name, column.type),
        attrs: { type: 'button' },
        on: { click: event => this._press(index, event.shiftKey) }
      },
      element('span', { class: 'tobit-Grid-name', text: column.name }),
      element('span', { class: 'tobit-Grid-arrow' })
    );
    this._buttons.push(button);
    return element(
      'th',
      { class: `tobit-kind-${column.kind}`, attrs: { scope: 'col' } },
      button,
      element('span', { class: 'tobit-Grid-type', text: column.type })
    );
  }

  /** Ascending, descending, unsorted, in turn. */
  private _press(column: number, add: boolean): void {
    const present = this._sort.find(sort => sort.column === column);
    const others = add ? this._sort.filter(sort => sort.column !== column).slice(-1) : [];
    const next = present ? (present.descending ? null : { column, descending: true }) : { column, descending: false };
    if (add && present && next) {
      this._sort = this._sort.map(sort => (sort.column === column ? next : sort));
    } else {
      this._sort = next ? [...others, next] : others;
    }
    this._draw();
    this._changed();
  }

  private _draw(): void {
    this._columns.forEach((_, index) => {
      const place = this._sort.findIndex(sort => sort.column === index);
      const sort = this._sort[place];
      const cell = this.node.cells[index + 1];
      cell.setAttribute('aria-sort', sort ? (sort.descending ? 'descending' : 'ascending') : 'none');
      cell.classList.toggle('tobit-mod-sorted', !!sort);
      const arrow = cell.querySelector('.tobit-Grid-arrow') as HTMLElement;
      arrow.replaceChildren(drawing(sort ? (sort.descending ? 'descending' : 'ascending') : 'sortable'));
      if (sort && this._sort.length > 1) {
        arrow.append(element('sub', { text: String(place + 1) }));
      }
    });
  }

  private _sort: Sort[] = [];
  private _buttons: HTMLButtonElement[] = [];
}
