const SVG = 'http://www.w3.org/2000/svg';

/** Line drawings on a 16 x 16 field, by name. */
const PATHS = {
  first: 'M12.5 3.5 8 8l4.5 4.5M4 3.5v9',
  previous: 'M10 3.5 5.5 8l4.5 4.5',
  next: 'M6 3.5 10.5 8 6 12.5',
  last: 'M3.5 3.5 8 8l-4.5 4.5M12 3.5v9',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  export: 'M8 2.5v7.5M5 7.2 8 10.2l3-3M3 12.8h10',
  ascending: 'M8 12.5v-9M4.8 6.7 8 3.5l3.2 3.2',
  descending: 'M8 3.5v9M4.8 9.3 8 12.5l3.2-3.2',
  sortable: 'M5.3 6.2 8 3.5l2.7 2.7M5.3 9.8 8 12.5l2.7-2.7',
  close: 'M4 4l8 8M12 4l-8 8'
} as const;

export type DrawingName = keyof typeof PATHS;

/** A small picture in the colour of the text around it; hidden from screen readers. */
export function drawing(name: DrawingName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'tobit-drawing');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
