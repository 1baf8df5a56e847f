import { visit } from './theme';

interface Embedded {
  doc?: { roots?: unknown[] };
}

const LAYOUTS = new Set(['Row', 'Column', 'GridBox', 'GridPlot', 'Tabs', 'Spacer']);

/** Makes the figures of `item` as wide as the page allows: a fixed width is cut off on a phone. */
export function stretch(item: unknown, height: number): void {
  const roots = (item as Embedded).doc?.roots ?? [];
  visit(roots, model => {
    const isFigure = model.name === 'Figure' || model.name === 'figure' || model.name === 'Plot';
    if (!isFigure && !LAYOUTS.has(model.name)) {
      return;
    }
    const attributes = (model.attributes ??= {});
    if (attributes.sizing_mode === undefined || attributes.sizing_mode === null || attributes.sizing_mode === 'fixed') {
      attributes.sizing_mode = 'stretch_width';
      delete attributes.width;
      if (isFigure && attributes.height === undefined) {
        attributes.height = height;
      }
    }
  });
}
