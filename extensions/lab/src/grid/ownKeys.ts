const OURS = '.tobit-Grid, .tobit-menu';
const SUPPRESS = 'data-lm-suppress-shortcuts';

/**
 * Keeps plain keys that are pressed in a grid from JupyterLab, where "d d" deletes the cell;
 * Ctrl+S and the like go through.
 *
 * JupyterLab listens at the document, before any element of ours, and looks for its mark on
 * the focused element itself: so the mark is set one step earlier, at the window.
 */
export function keepOwnKeys(): void {
  window.addEventListener(
    'keydown',
    event => {
      if (event.target instanceof Element && event.target.closest(OURS)) {
        event.target.toggleAttribute(SUPPRESS, !(event.ctrlKey || event.metaKey || event.altKey));
      }
    },
    { capture: true }
  );
}
