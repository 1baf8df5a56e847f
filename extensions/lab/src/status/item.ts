import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { element } from '../element';
import type { GateState } from '../gate';

/** "local @ default" with a dot for the gate; the rest is in the tooltip. */
export class StatusItem extends Widget {
  constructor(
    private _trans: TranslationBundle,
    pressed: (state: GateState['state'] | 'unknown') => void
  ) {
    super();
    this._button = element('button', { class: 'tobit-Status', attrs: { type: 'button' }, on: { click: () => pressed(this._state) } }, this._dot, this._label);
    this.node.append(this._button);
    this.draw(null);
  }

  draw(state: GateState | null): void {
    const trans = this._trans;
    this._state = state?.state ?? 'unknown';
    this._button.dataset.state = this._state;
    const words = {
      running: trans.__('running'),
      starting: trans.__('starting'),
      down: trans.__('down'),
      unknown: trans.__('no answer from Jupyter')
    }[this._state];
    this._label.textContent = state?.state === 'running' ? `${state.user} @ ${state.tenant}` : trans.__('Tobit: %1', words);
    const lines = [
      trans.__('Gate: %1', words),
      state?.version ? trans.__('Version %1', state.version) : '',
      state?.home ? trans.__('Home: %1', state.home) : '',
      state?.role ? trans.__('Role: %1', state.role) : '',
      state?.message ?? '',
      state?.hint ?? '',
      this._state === 'down' ? trans.__('Click to start it.') : ''
    ];
    this._button.title = lines.filter(Boolean).join('\n');
    this._button.setAttribute('aria-label', [this._label.textContent, ...lines.filter(Boolean)].join('. '));
  }

  private _state: GateState['state'] | 'unknown' = 'unknown';
  private _button: HTMLButtonElement;
  private _dot = element('span', { class: 'tobit-Status-dot' });
  private _label = element('span');
}
