import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from '../element';
import type { GridResult } from './result';

/** One line: how many rows, how many of them are shown, from where, how long it took. */
export function drawSummary(node: HTMLElement, result: GridResult, filtered: number | null, elapsed: number, trans: TranslationBundle): void {
  const total = result.row_count;
  const rows = element('strong', { text: trans._n('%2 row', '%2 rows', total, total.toLocaleString()) });
  const parts: HTMLElement[] = [];
  if (filtered !== null) {
    parts.push(element('strong', { text: trans._n('%2 row', '%2 rows', filtered, filtered.toLocaleString()) }));
    parts.push(element('span', { text: trans.__('of %1', total.toLocaleString()) }));
  } else {
    parts.push(rows);
  }
  parts.push(element('span', { text: trans._n('%2 column', '%2 columns', result.columns.length, result.columns.length.toLocaleString()) }));
  if (result.truncated) {
    parts.push(
      element('span', {
        class: 'tobit-chip tobit-mod-warn',
        text: trans.__('limit reached'),
        title: trans.__('There are more rows behind the gate: ask for them with --limit')
      })
    );
  }
  if (result.cached) {
    parts.push(element('span', { class: 'tobit-chip', text: trans.__('cached'), title: trans.__('Answered from the gate’s cache') }));
  }
  parts.push(element('span', { class: 'tobit-muted', text: duration(elapsed), title: trans.__('Time of the query') }));
  if (result.source) {
    parts.push(element('span', { class: 'tobit-muted', text: result.source, title: trans.__('Source') }));
  }
  node.replaceChildren(...(result.name ? [element('span', { class: 'tobit-Grid-title', text: result.name }), ...parts] : parts));
}

/** Milliseconds in the unit that a person would say. */
export function duration(ms: number): string {
  if (ms < 1) {
    return '< 1 ms';
  }
  return ms < 1000 ? `${Math.round(ms)} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
