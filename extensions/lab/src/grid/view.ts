import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { drawing } from '../drawing';
import { element } from '../element';
import { Channel, Gone, Refusal } from './channel';
import { download, ExportMenu } from './exportMenu';
import { FilterRow } from './filterRow';
import { Header } from './header';
import { Pager } from './pager';
import type { ExportFormat, GridResult, Page, PageRequest } from './result';
import { drawRows } from './rows';
import { drawSummary } from './summary';

/** A wait shorter than this is not shown: a flicker says nothing. */
const PATIENCE_MS = 150;

/** After this the person is told what the wait is for. */
const EXPLAIN_MS = 1500;

/**
 * A result as a table that pages, sorts and filters where the rows are.
 *
 * Without a channel it shows the rows that came with the result.
 */
export class GridView extends Widget {
  constructor(
    private _result: GridResult,
    private _trans: TranslationBundle,
    hasTools = true
  ) {
    super();
    this.addClass('tobit-Grid');
    this._pager = new Pager(_trans, () => this._ask());
    this._header = new Header(_result.columns, _trans, () => this._restart());
    this._filters = new FilterRow(_result.columns, _trans, () => this._restart());
    this._menu = new ExportMenu(_trans, format => void this._export(format));
    this._filterButton = this._makeFilterButton();
    this._build();
    this.toggleClass('tobit-mod-plain', !hasTools);
    this._page = { rows: _result.rows, offset: 0, row_count: _result.row_count, elapsed_ms: _result.elapsed_ms };
    this._draw();
    this.disconnect('');
  }

  /** From now on pages come through `channel`. */
  connect(channel: Channel): void {
    this._channel = channel;
    this._say('', '');
    this._draw();
  }

  /** Back to the saved first rows; `reason` tells the person why, where there are more. */
  disconnect(reason: string): void {
    this._channel = null;
    this._wanted = null;
    this._rest();
    this._page = { rows: this._result.rows, offset: 0, row_count: this._result.row_count, elapsed_ms: this._result.elapsed_ms };
    this._pager.rewind();
    this._header.reset();
    this._showFilters(false);
    this._draw();
    this._say(this._hasMore ? 'note' : '', reason);
  }

  /** Whether the result has rows that were not saved with it. */
  private get _hasMore(): boolean {
    return this._result.row_count > this._result.rows.length;
  }

  private _build(): void {
    const trans = this._trans;
    const caption = this._result.name ? trans.__('Result %1', this._result.name) : trans.__('Result');
    this._table.append(
      element('caption', { class: 'tobit-hidden', text: caption }),
      element('thead', {}, this._header.node, this._filters.node),
      this._body
    );
    this._scroller = element(
      'div',
      { class: 'tobit-Grid-scroller', attrs: { tabindex: 0, role: 'region', 'aria-label': trans.__('%1: table', caption) } },
      this._table
    );
    this.node.append(
      element('div', { class: 'tobit-Grid-bar' }, this._summary, element('span', { class: 'tobit-Grid-tools' }, this._filterButton, this._menu.node)),
      this._notice,
      element('div', { class: 'tobit-Grid-progress', attrs: { 'aria-hidden': 'true' } }),
      this._scroller,
      this._pager.node,
      this._spoken
    );
    this._filters.node.hidden = true;
  }

  private _makeFilterButton(): HTMLButtonElement {
    return element(
      'button',
      {
        class: 'tobit-button',
        title: this._trans.__('Show or hide a filter for each column'),
        attrs: { type: 'button', 'aria-pressed': 'false' },
        on: {
          click: () => {
            const show = this._filters.node.hidden;
            this._showFilters(show);
            if (show) {
              this._filters.focus();
            } else if (this._filters.filters.length) {
              this._filters.clear();
            }
          }
        }
      },
      drawing('filter'),
      element('span', { text: this._trans.__('Filter') })
    );
  }

  private _showFilters(show: boolean): void {
    this._filters.node.hidden = !show;
    this._filterButton.setAttribute('aria-pressed', String(show));
  }

  private _draw(): void {
    const { rows, offset, row_count } = this._page;
    const live = this._channel !== null;
    const filters = live ? this._filters.filters : [];
    drawSummary(this._summary, this._result, filters.length ? row_count : null, this._result.elapsed_ms, this._trans);
    drawRows(this._body, this._result.columns, rows, offset, this._trans);
    this._table.querySelector('tfoot')?.remove();
    if (!rows.length) {
      this._table.append(this._emptiness(filters.length > 0));
    }
    this._pager.draw(row_count, rows.length, live);
    this._header.enable(live);
    this._filters.enable(live);
    this._filterButton.disabled = this._menu.button.disabled = !live;
  }

  private _emptiness(filtered: boolean): HTMLTableSectionElement {
    const text = filtered ? this._trans.__('No row fits the filters.') : this._trans.__('The result has no rows.');
    const clear = filtered
      ? element('button', { class: 'tobit-button', text: this._trans.__('Clear filters'), attrs: { type: 'button' }, on: { click: () => this._filters.clear() } })
      : null;
    return element(
      'tfoot',
      {},
      element(
        'tr',
        {},
        element('td', { class: 'tobit-Grid-empty', attrs: { colspan: this._result.columns.length + 1 } }, element('div', {}, element('span', { text }), clear))
      )
    );
  }

  /** Another order or other filters: from the first page. */
  private _restart(): void {
    this._pager.rewind();
    this._ask();
  }

  /** Asks for the page that the controls describe; while one is under way only the newest wish is kept. */
  private _ask(): void {
    this._wanted = { offset: this._pager.offset, limit: this._pager.limit, sort: this._header.sort, filters: this._filters.filters };
    if (!this._asking) {
      void this._fetch();
    }
  }

  private async _fetch(): Promise<void> {
    this._asking = true;
    try {
      while (this._wanted && this._channel) {
        const wanted = this._wanted;
        this._wanted = null;
        const page = await this._waiting(channel => channel.page(wanted));
        if (page && !this._wanted) {
          this._page = page;
          this._draw();
          this._scroller.scrollTop = 0;
          this._speak();
        }
      }
    } finally {
      this._asking = false;
    }
  }

  private async _export(format: ExportFormat): Promise<void> {
    const file = await this._waiting(channel => channel.export(format, { sort: this._header.sort, filters: this._filters.filters }));
    if (file) {
      download(file);
      this._spoken.textContent = this._trans.__('Saved as %1', file.name);
    }
  }

  /** Waits for the kernel and shows that; a refusal is shown in words and gives undefined. */
  private async _waiting<T>(question: (channel: Channel) => Promise<T>): Promise<T | undefined> {
    const channel = this._channel;
    if (!channel) {
      return undefined;
    }
    const busy = window.setTimeout(() => this._busy(true), PATIENCE_MS);
    const explain = window.setTimeout(() => this._explain(channel), EXPLAIN_MS);
    try {
      const answer = await question(channel);
      this._say('', '');
      return answer;
    } catch (reason) {
      if (!(reason instanceof Gone)) {
        const hint = reason instanceof Refusal && reason.hint ? ` ${reason.hint}` : '';
        this._say('error', `${(reason as Error).message}${hint}`);
      }
      return undefined;
    } finally {
      window.clearTimeout(busy);
      window.clearTimeout(explain);
      this._rest();
    }
  }

  private _busy(busy: boolean): void {
    this.toggleClass('tobit-mod-busy', busy);
    this._scroller.setAttribute('aria-busy', String(busy));
  }

  private _explain(channel: Channel): void {
    this._say('wait', channel.isBusy ? this._trans.__('The kernel is busy: the answer comes when it is free.') : this._trans.__('Still at work …'));
  }

  private _rest(): void {
    this._busy(false);
    if (this._notice.dataset.kind === 'wait') {
      this._say('', '');
    }
  }

  private _say(kind: '' | 'note' | 'wait' | 'error', text: string): void {
    this._notice.dataset.kind = kind;
    this._notice.setAttribute('role', kind === 'error' ? 'alert' : 'status');
    this._notice.textContent = kind ? text : '';
    this._notice.hidden = !kind || !text;
  }

  private _speak(): void {
    const { rows, offset, row_count } = this._page;
    this._spoken.textContent = this._trans.__('Rows %1 to %2 of %3', offset + (rows.length ? 1 : 0), offset + rows.length, row_count);
  }

  private _page: Page;
  private _channel: Channel | null = null;
  private _wanted: PageRequest | null = null;
  private _asking = false;
  private _pager: Pager;
  private _header: Header;
  private _filters: FilterRow;
  private _menu: ExportMenu;
  private _filterButton: HTMLButtonElement;
  private _scroller!: HTMLElement;
  private _table = element('table', { class: 'tobit-Grid-table' });
  private _body = element('tbody');
  private _summary = element('span', { class: 'tobit-Grid-summary' });
  private _notice = element('div', { class: 'tobit-Grid-notice' });
  private _spoken = element('div', { class: 'tobit-hidden', attrs: { 'aria-live': 'polite' } });
}
