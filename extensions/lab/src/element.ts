/** What an element made by `element` may carry. */
export interface Shape {
  class?: string;
  text?: string;
  title?: string;
  /** Attributes as they are in HTML; `undefined` and `false` leave one out, `true` sets it empty. */
  attrs?: Record<string, string | number | boolean | undefined>;
  on?: { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
}

/** A new element. Text is set as text, never as HTML: results come from other people's databases. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  shape: Shape = {},
  ...children: (Node | null)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (shape.class) {
    node.className = shape.class;
  }
  if (shape.text !== undefined) {
    node.textContent = shape.text;
  }
  if (shape.title) {
    node.title = shape.title;
  }
  for (const [name, value] of Object.entries(shape.attrs ?? {})) {
    if (value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const [name, listener] of Object.entries(shape.on ?? {})) {
    node.addEventListener(name, listener as EventListener);
  }
  node.append(...children.filter(child => child !== null));
  return node;
}
