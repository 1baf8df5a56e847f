import type { TranslationBundle } from '@jupyterlab/translation';
import { caretRightIcon, LabIcon } from '@jupyterlab/ui-components';

import { element } from '../element';
import { columnIcon, describeIcon, fileIcon, insertIcon, schemaIcon, sourceIcon, tableIcon, viewIcon } from '../icons';
import type { CatalogNode } from './node';

export type Action = 'insert' | 'preview' | 'describe';

export interface TreeHost {
  toggle(item: CatalogNode, open?: boolean): void;
  act(action: Action, item: CatalogNode): void;
}

interface Line {
  item: CatalogNode;
  row: HTMLElement;
  parent: Line | null;
}

/** The catalog as a tree: arrows walk, Enter opens or inserts, as in every tree. */
export class Tree {
  constructor(
    private _host: TreeHost,
    private _trans: TranslationBundle
  ) {
    this.node.setAttribute('aria-label', _trans.__('Tables and columns'));
    this.node.addEventListener('keydown', event => this._key(event));
    this.node.addEventListener('focusin', event => {
      this._current = this._lineOf(event.target as Node)?.item.key ?? this._current;
      this._mark(false);
    });
    this.node.addEventListener('contextmenu', event => this._select(this._lineOf(event.target as Node)));
  }

  readonly node = element('ul', { class: 'tobit-Tree', attrs: { role: 'tree' } });

  /** The node that was selected last, for commands. */
  get selected(): CatalogNode | null {
    return this._lines.find(line => line.item.key === this._current)?.item ?? null;
  }

  draw(items: CatalogNode[], filter: string): void {
    const hadFocus = this.node.contains(document.activeElement);
    this._lines = [];
    this.node.replaceChildren(...this._level(items, filter.toLocaleLowerCase(), 1, null));
    if (!this._lines.some(line => line.item.key === this._current)) {
      this._current = this._lines[0]?.item.key ?? '';
    }
    this._mark(hadFocus);
  }

  private _level(items: CatalogNode[], filter: string, depth: number, parent: Line | null): HTMLElement[] {
    return items.filter(item => matches(item, filter)).map(item => this._item(item, filter, depth, parent));
  }

  private _item(item: CatalogNode, filter: string, depth: number, parent: Line | null): HTMLElement {
    const below = item.children ?? [];
    // A match further down is shown without opening every branch by hand.
    const found = filter !== '' && below.some(child => matches(child, filter));
    const open = item.open || found;
    const row = this._row(item, depth, open);
    const line = { item, row, parent };
    this._lines.push(line);
    const own = filter !== '' && !found && item.name.toLocaleLowerCase().includes(filter) ? '' : filter;
    const expandable = item.kind !== 'column';
    const group = open && expandable ? element('ul', { attrs: { role: 'group' } }, ...this._level(below, own, depth + 1, line), this._words(item, depth)) : null;
    return element(
      'li',
      {
        class: `tobit-Tree-${item.kind}`,
        attrs: { role: 'treeitem', 'aria-level': depth, 'aria-expanded': expandable ? open : undefined, 'data-key': item.key, tabindex: -1, 'aria-label': [item.name, item.detail].filter(Boolean).join(', ') }
      },
      row,
      group
    );
  }

  private _row(item: CatalogNode, depth: number, open: boolean): HTMLElement {
    const caret = item.kind === 'column' ? element('span', { class: 'tobit-Tree-caret' }) : caretRightIcon.element({ tag: 'span', className: `tobit-Tree-caret${open ? ' tobit-mod-open' : ''}` });
    const row = element(
      'div',
      {
        class: 'tobit-Tree-row',
        title: item.tip,
        on: {
          click: () => this._click(item),
          dblclick: () => (item.kind === 'table' || item.kind === 'column' ? this._host.act('insert', item) : undefined)
        }
      },
      caret,
      iconOf(item).element({ tag: 'span', className: 'tobit-Tree-icon', width: '14px', height: '14px' }),
      element('span', { class: 'tobit-Tree-name', text: item.name }),
      element('span', { class: 'tobit-Tree-detail', text: item.detail }),
      this._actions(item)
    );
    row.style.paddingInlineStart = `${(depth - 1) * 14 + 4}px`;
    return row;
  }

  private _actions(item: CatalogNode): HTMLElement | null {
    if (item.kind !== 'table' && item.kind !== 'column') {
      return null;
    }
    const trans = this._trans;
    const button = (action: Action, icon: LabIcon, label: string): HTMLElement =>
      element(
        'button',
        {
          title: label,
          // Not in the tab order: the same actions are in the context menu and on keys.
          attrs: { type: 'button', 'aria-label': label, tabindex: -1, 'data-action': action },
          on: {
            click: event => {
              event.stopPropagation();
              this._host.act(action, item);
            }
          }
        },
        icon.element({ tag: 'span', width: '14px', height: '14px' })
      );
    const insert = button('insert', insertIcon, trans.__('Insert the name into the cell (Enter)'));
    const rest = [button('preview', tableIcon, trans.__('Show the first 50 rows (P)')), button('describe', describeIcon, trans.__('Columns, types and comments (D)'))];
    return element('span', { class: 'tobit-Tree-actions' }, insert, ...(item.kind === 'table' ? rest : []));
  }

  /** A line of words under an open node: loading, error, or nothing there. */
  private _words(item: CatalogNode, depth: number): HTMLElement | null {
    const [kind, text] = item.loading
      ? ['wait', this._trans.__('Loading …')]
      : item.error
        ? ['error', item.error]
        : item.children?.length === 0
          ? ['empty', item.kind === 'table' ? this._trans.__('No columns.') : this._trans.__('No tables that you may see.')]
          : ['', ''];
    if (!kind) {
      return null;
    }
    const words = element('li', { class: 'tobit-Tree-words', text, attrs: { role: 'none', 'data-kind': kind } });
    words.style.paddingInlineStart = `${depth * 14 + 22}px`;
    return words;
  }

  private _click(item: CatalogNode): void {
    this._current = item.key;
    this._mark(true);
    this._host.toggle(item);
  }

  private _key(event: KeyboardEvent): void {
    const place = this._lines.findIndex(line => line.item.key === this._current);
    const line = this._lines[place];
    if (!line || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const { item } = line;
    const steps: Record<string, () => void> = {
      ArrowDown: () => this._select(this._lines[place + 1]),
      ArrowUp: () => this._select(this._lines[place - 1]),
      Home: () => this._select(this._lines[0]),
      End: () => this._select(this._lines[this._lines.length - 1]),
      ArrowRight: () => (item.open ? this._select(this._lines[place + 1]) : this._host.toggle(item, true)),
      ArrowLeft: () => (item.open ? this._host.toggle(item, false) : this._select(line.parent ?? undefined)),
      Enter: () => (item.kind === 'table' || item.kind === 'column' ? this._host.act('insert', item) : this._host.toggle(item)),
      ' ': () => this._host.toggle(item),
      p: () => item.kind === 'table' && this._host.act('preview', item),
      d: () => item.kind === 'table' && this._host.act('describe', item)
    };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      step();
    }
  }

  private _select(line: Line | undefined): void {
    if (line) {
      this._current = line.item.key;
      this._mark(true);
    }
  }

  private _lineOf(target: Node): Line | undefined {
    return this._lines.find(line => line.row.contains(target) || line.row.parentElement === target);
  }

  /** One line is in the tab order: the current one. */
  private _mark(focus: boolean): void {
    for (const { item, row } of this._lines) {
      const line = row.parentElement as HTMLElement;
      const current = item.key === this._current;
      line.tabIndex = current ? 0 : -1;
      line.setAttribute('aria-selected', String(current));
      row.classList.toggle('tobit-mod-current', current);
      if (current && focus) {
        line.focus({ preventScroll: true });
        row.scrollIntoView({ block: 'nearest' });
      }
    }
  }

  private _lines: Line[] = [];
  private _current = '';
}

/** Whether the node or something loaded below it has `filter` in its name. */
function matches(item: CatalogNode, filter: string): boolean {
  return filter === '' || item.name.toLocaleLowerCase().includes(filter) || (item.children ?? []).some(child => matches(child, filter));
}

function iconOf(item: CatalogNode): LabIcon {
  switch (item.kind) {
    case 'source':
      return sourceIcon;
    case 'schema':
      return schemaIcon;
    case 'column':
      return columnIcon;
    default:
      return item.type === 'view' ? viewIcon : item.type === 'file' ? fileIcon : tableIcon;
  }
}
