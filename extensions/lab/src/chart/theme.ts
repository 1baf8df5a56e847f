/** A model in Bokeh's JSON: only what the author set is among its attributes. */
interface Model {
  type: 'object';
  name: string;
  attributes?: Record<string, unknown>;
}

type Colours = Record<'text' | 'muted' | 'line' | 'grid' | 'panel', string>;

/** Colours of the page's theme at this moment. */
export function coloursOf(node: HTMLElement): Colours {
  const style = getComputedStyle(node);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const dark = document.body.dataset.jpThemeLight === 'false';
  return {
    text: read('--jp-ui-font-color1', dark ? '#e0e0e0' : '#212121'),
    muted: read('--jp-ui-font-color2', dark ? '#b0b0b0' : '#616161'),
    line: read('--jp-border-color1', dark ? '#616161' : '#bdbdbd'),
    grid: read('--jp-border-color2', dark ? '#424242' : '#e0e0e0'),
    panel: read('--jp-layout-color1', dark ? '#111111' : '#ffffff')
  };
}

/** What each kind of model takes from the theme, where its author chose nothing. */
function defaultsOf(name: string, c: Colours): Record<string, unknown> | null {
  if (name === 'Figure' || name === 'figure' || name === 'Plot' || name === 'GridPlot') {
    return { background_fill_color: null, border_fill_color: null, outline_line_color: c.grid };
  }
  if (name.endsWith('Axis')) {
    return {
      axis_label_text_color: c.muted,
      major_label_text_color: c.muted,
      axis_line_color: c.line,
      major_tick_line_color: c.line,
      minor_tick_line_color: null,
      axis_label_text_font_style: 'normal'
    };
  }
  switch (name) {
    case 'Grid':
      return { grid_line_color: c.grid };
    case 'Title':
      return { text_color: c.text };
    case 'Legend':
      return { label_text_color: c.text, title_text_color: c.text, background_fill_color: c.panel, background_fill_alpha: 0.85, border_line_color: c.grid };
    case 'ColorBar':
      return { background_fill_color: null, major_label_text_color: c.muted, title_text_color: c.text };
    default:
      return null;
  }
}

/** A copy of `item` in the page's colours. */
export function inColours(item: unknown, colours: Colours): unknown {
  const copy = structuredClone(item);
  visit(copy, model => {
    const defaults = defaultsOf(model.name, colours);
    if (defaults) {
      model.attributes = { ...defaults, ...neutral(model.attributes) };
    }
  });
  return copy;
}

/** The author's attributes without plain white grounds, which plotting libraries set on their own. */
function neutral(attributes: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([key, value]) => !(key.endsWith('_fill_color') && (value === 'white' || value === '#ffffff'))));
}

/** Calls `found` for every model below `node`. */
export function visit(node: unknown, found: (model: Model) => void): void {
  if (Array.isArray(node)) {
    node.forEach(child => visit(child, found));
  } else if (node !== null && typeof node === 'object') {
    const model = node as Model;
    if (model.type === 'object' && typeof model.name === 'string') {
      found(model);
    }
    Object.values(node).forEach(child => visit(child, found));
  }
}
