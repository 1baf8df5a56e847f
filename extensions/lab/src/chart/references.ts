/** A model in Bokeh's JSON where it is described; elsewhere it is only `{id}`. */
interface Description {
  type: 'object';
  id: string;
}

/**
 * A copy of `item` in which every model is described where Bokeh first meets it.
 *
 * Bokeh reads from front to back, but notebooks are saved with their keys sorted, and then
 * a reference may come before what it refers to ("reference p1047 isn't known").
 */
export function inReadingOrder<T>(item: T): T {
  const descriptions = new Map<string, Description>();
  collect(item, descriptions);
  const met = new Set<string>();

  const copy = (node: unknown): unknown => {
    if (Array.isArray(node)) {
      return node.map(copy);
    }
    if (!isObject(node)) {
      return node;
    }
    if (!isDescription(node) && !isReference(node)) {
      return copyEntries(node);
    }
    const description = descriptions.get(node.id);
    if (!description || met.has(node.id)) {
      return { id: node.id };
    }
    met.add(node.id);
    return copyEntries(description as unknown as Record<string, unknown>);
  };
  const copyEntries = (node: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(node).map(([key, value]) => [key, copy(value)]));

  return copy(item) as T;
}

function collect(node: unknown, descriptions: Map<string, Description>): void {
  if (isObject(node) && isDescription(node)) {
    descriptions.set(node.id, node);
  }
  if (isObject(node) || Array.isArray(node)) {
    Object.values(node).forEach(child => collect(child, descriptions));
  }
}

function isObject(node: unknown): node is Record<string, unknown> {
  return node !== null && typeof node === 'object' && !Array.isArray(node);
}

function isDescription(node: Record<string, unknown>): node is Record<string, unknown> & Description {
  return node.type === 'object' && typeof node.id === 'string';
}

function isReference(node: Record<string, unknown>): node is { id: string } {
  return typeof node.id === 'string' && Object.keys(node).length === 1;
}
