import type { TranslationBundle } from '@jupyterlab/translation';

import { drawing } from '../drawing';
import { element } from '../element';
import type { ExportedFile, ExportFormat } from './result';

/** A button that opens the list of formats. */
export class ExportMenu {
  constructor(trans: TranslationBundle, chosen: (format: ExportFormat) => void) {
    const items: [ExportFormat, string][] = [
      ['csv', trans.__('CSV')],
      ['xlsx', trans.__('Excel')],
      ['parquet', trans.__('Parquet')]
    ];
    this._menu = element(
      'div',
      // The browser's own popover: in the top layer, so no scrolling output area cuts it off; Escape closes it.
      { class: 'tobit-menu', attrs: { role: 'menu', popover: 'auto' }, on: { keydown: event => this._move(event) } },
      ...items.map(([format, label]) =>
        element('button', {
          text: label,
          attrs: { type: 'button', role: 'menuitem' },
          on: {
            click: () => {
              this._menu.hidePopover();
              this.button.focus();
              chosen(format);
            }
          }
        })
      )
    );
    this.button = element(
      'button',
      {
        class: 'tobit-button',
        title: trans.__('Export the rows in this order, with these filters'),
        attrs: { type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
        on: { click: () => this._open() }
      },
      drawing('export'),
      element('span', { text: trans.__('Export') })
    );
    this._menu.addEventListener('toggle', event => this.button.setAttribute('aria-expanded', String((event as ToggleEvent).newState === 'open')));
    this.node = element('span', { class: 'tobit-Grid-export' }, this.button, this._menu);
  }

  readonly node: HTMLElement;
  readonly button: HTMLButtonElement;

  private _open(): void {
    this._menu.showPopover();
    const at = this.button.getBoundingClientRect();
    const { width, height } = this._menu.getBoundingClientRect();
    const below = at.bottom + 4 + height <= window.innerHeight;
    this._menu.style.left = `${Math.max(4, Math.min(at.right - width, window.innerWidth - width - 4))}px`;
    this._menu.style.top = `${below ? at.bottom + 4 : Math.max(4, at.top - height - 4)}px`;
    (this._menu.firstElementChild as HTMLElement).focus();
  }

  private _move(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step) {
      return;
    }
    event.preventDefault();
    const items = [...this._menu.children] as HTMLElement[];
    const place = items.indexOf(document.activeElement as HTMLElement);
    items[(place + step + items.length) % items.length].focus();
  }

  private _menu: HTMLElement;
}

/** Offers a file to the person as a download. */
export function download(file: ExportedFile): void {
  const address = URL.createObjectURL(new Blob([file.bytes], { type: file.mime }));
  const link = element('a', { attrs: { href: address, download: file.name } });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
