"use strict";(self.rspackChunktobit_lab=self.rspackChunktobit_lab||[]).push([[700],{891(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-Catalog {
  background: var(--tobit-ground);
  display: flex;
  flex-direction: column;
  min-width: 180px;
  overflow: hidden;
}

.tobit-Catalog-head {
  align-items: center;
  display: flex;
  flex: none;
  justify-content: space-between;
  padding: 8px 6px 4px 12px;
}

.tobit-Catalog-head h2 {
  font-size: var(--jp-ui-font-size1, 13px);
  font-weight: 600;
  margin: 0;
}

.tobit-Catalog-search {
  flex: none;
  padding: 4px 12px 8px;
}

.tobit-Catalog-search input {
  background: var(--tobit-ground);
  border: 1px solid var(--tobit-strong-line);
  border-radius: var(--tobit-radius);
  box-sizing: border-box;
  color: var(--tobit-text);
  font: inherit;
  height: 28px;
  padding: 0 8px;
  width: 100%;
}

.tobit-Catalog-search input::placeholder {
  color: var(--tobit-muted);
}

.tobit-Catalog-words {
  color: var(--tobit-muted);
  line-height: 1.5;
  margin: 4px 12px;
  overflow-wrap: anywhere;
}

.tobit-Catalog-words[hidden] {
  display: none;
}

.tobit-Catalog-words[data-kind='error'],
.tobit-Tree-words[data-kind='error'] {
  color: var(--jp-error-color1, #d32f2f);
}

.tobit-Tree {
  flex: 1;
  list-style: none;
  margin: 0;
  min-height: 0;
  overflow: auto;
  padding: 0 0 12px;
}

.tobit-Tree[hidden] {
  display: none;
}

.tobit-Tree ul {
  list-style: none;
  margin: 0;
  padding: 0;
}

.tobit-Tree li {
  outline: 0;
}

.tobit-Tree-row {
  --tobit-row: var(--tobit-ground);

  align-items: center;
  background: var(--tobit-row);
  cursor: pointer;
  display: flex;
  gap: 5px;
  height: 25px;
  padding-inline-end: 8px;
  position: relative;
  white-space: nowrap;
}

.tobit-Tree-row:hover {
  --tobit-row: var(--tobit-raised);
}

.tobit-Tree-row.tobit-mod-current {
  --tobit-row: color-mix(in srgb, var(--tobit-brand) 12%, var(--tobit-ground));
}

.tobit-Tree li:focus-visible > .tobit-Tree-row {
  outline: 2px solid var(--tobit-brand);
  outline-offset: -2px;
}

.tobit-Tree-caret {
  display: inline-flex;
  flex: none;
  height: 16px;
  justify-content: center;
  transition: transform 80ms;
  width: 14px;
}

.tobit-Tree-caret svg {
  height: 16px;
  width: 16px;
}

.tobit-Tree-caret.tobit-mod-open {
  transform: rotate(90deg);
}

.tobit-Tree-icon {
  display: inline-flex;
  flex: none;
}

:is(.tobit-Tree, .tobit-Preview) .jp-icon-stroke,
.lm-Menu .jp-icon-stroke[stroke='#616161'] {
  stroke: var(--tobit-muted, var(--jp-ui-font-color2));
}

.tobit-Tree-name {
  flex: 0 1 auto;
  min-width: 40px;
  overflow: hidden;
  text-overflow: ellipsis;
}

.tobit-Tree-source > .tobit-Tree-row > .tobit-Tree-name {
  font-weight: 600;
}

.tobit-Tree-detail {
  color: var(--tobit-muted);
  flex: 0 100 auto;
  font-size: 11px;
  font-variant-numeric: tabular-nums;
  margin-inline-start: auto;
  min-width: 0;
  overflow: hidden;
  padding-inline-start: 6px;
  text-overflow: ellipsis;
}

.tobit-Tree-actions {
  background: linear-gradient(to right, transparent, var(--tobit-row) 12px);
  display: none;
  inset-block: 0;
  inset-inline-end: 4px;
  padding-inline-start: 16px;
  position: absolute;
}

.tobit-Tree-row:hover .tobit-Tree-actions,
.tobit-Tree li:focus-visible > .tobit-Tree-row .tobit-Tree-actions {
  display: inline-flex;
}

.tobit-Tree-actions button {
  align-items: center;
  background: none;
  border: 0;
  border-radius: 3px;
  cursor: pointer;
  display: inline-flex;
  justify-content: center;
  padding: 0;
  width: 24px;
}

.tobit-Tree-actions button:hover {
  background: color-mix(in srgb, var(--tobit-brand) 18%, transparent);
}

.tobit-Tree-words {
  color: var(--tobit-muted);
  font-size: 12px;
  line-height: 18px;
  overflow-wrap: anywhere;
  padding: 3px 12px 5px;
}

.tobit-Preview-head {
  padding: 4px 4px 12px;
}

.tobit-Preview-head h1 {
  font-family: var(--jp-code-font-family, monospace);
  font-size: 16px;
  font-weight: 600;
  margin: 0 0 4px;
  overflow-wrap: anywhere;
}

.tobit-Preview-head p {
  margin: 0 0 2px;
}

.tobit-Preview .tobit-Grid-tools,
.tobit-Grid.tobit-mod-plain :is(.tobit-Grid-bar, .tobit-Grid-type) {
  display: none;
}
`,""]),o.d(i,{},{A:a})},470(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-Chart-plot {
  max-width: 100%;
  overflow: hidden;
}

.tobit-Chart-picture {
  background: #fff;
  border-radius: 6px;
  display: block;
  height: auto;
  max-width: 100%;
}

.tobit-Chart-picture[hidden] {
  display: none;
}

.tobit-Chart-note {
  color: var(--tobit-muted);
  font-size: 12px;
  margin: 4px 0 0;
}
`,""]),o.d(i,{},{A:a})},303(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-Output,
.tobit-Catalog,
.tobit-Preview,
.tobit-menu {
  --tobit-text: var(--jp-ui-font-color1, #212121);
  --tobit-muted: var(--jp-ui-font-color2, #616161);
  --tobit-faint: var(--jp-ui-font-color3, #9e9e9e);
  --tobit-ground: var(--jp-layout-color1, #fff);
  --tobit-raised: var(--jp-layout-color2, #f5f5f5);
  --tobit-line: var(--jp-border-color2, #e0e0e0);
  --tobit-strong-line: var(--jp-border-color1, #bdbdbd);
  --tobit-brand: var(--jp-brand-color1, #1976d2);
  --tobit-radius: 4px;

  color: var(--tobit-text);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: var(--jp-ui-font-size1, 13px);
}

.tobit-Output {
  max-width: 100%;
  min-width: 0;
  overflow: hidden;
  padding: 2px 8px 8px 4px;
}

.tobit-hidden {
  block-size: 1px;
  clip-path: inset(50%);
  inline-size: 1px;
  overflow: hidden;
  position: absolute;
  white-space: nowrap;
}

.tobit-drawing {
  fill: none;
  flex: none;
  height: 14px;
  stroke: currentcolor;
  stroke-linecap: round;
  stroke-linejoin: round;
  stroke-width: 1.4;
  width: 14px;
}

.tobit-muted {
  color: var(--tobit-muted);
}

.tobit-chip {
  background: var(--tobit-raised);
  border-radius: 9px;
  color: var(--tobit-muted);
  font-size: 11px;
  line-height: 18px;
  padding: 0 8px;
}

.tobit-chip.tobit-mod-warn {
  background: color-mix(in srgb, var(--jp-warn-color1, #f57c00) 16%, transparent);
  color: var(--tobit-text);
}

.tobit-button {
  align-items: center;
  background: transparent;
  border: 1px solid var(--tobit-line);
  border-radius: var(--tobit-radius);
  color: var(--tobit-text);
  cursor: pointer;
  display: inline-flex;
  font: inherit;
  font-size: 12px;
  gap: 5px;
  height: 26px;
  line-height: 1;
  padding: 0 9px;
  white-space: nowrap;
}

.tobit-button:hover:enabled {
  background: var(--tobit-raised);
  border-color: var(--tobit-strong-line);
}

.tobit-button[aria-pressed='true'] {
  background: color-mix(in srgb, var(--tobit-brand) 14%, transparent);
  border-color: var(--tobit-brand);
}

.tobit-button:disabled {
  cursor: default;
  opacity: 0.45;
}

.tobit-button.tobit-mod-icon {
  border-color: transparent;
  justify-content: center;
  padding: 0;
  width: 26px;
}

.tobit-Output :is(button, input, select, [tabindex]):focus-visible,
.tobit-Preview :is(button, input, select, [tabindex]):focus-visible,
.tobit-Catalog :is(button, input, [tabindex]):focus-visible,
.tobit-menu button:focus-visible {
  outline: 2px solid var(--tobit-brand);
  outline-offset: -1px;
}

.tobit-menu {
  background: var(--tobit-ground);
  border: 1px solid var(--tobit-strong-line);
  border-radius: 6px;
  box-shadow: 0 4px 16px rgb(0 0 0 / 20%);
  inset: auto;
  margin: 0;
  min-width: 120px;
  padding: 4px;
  position: fixed;
}

.tobit-menu button {
  background: none;
  border: 0;
  border-radius: 3px;
  color: inherit;
  cursor: pointer;
  display: block;
  font: inherit;
  padding: 6px 10px;
  text-align: start;
  width: 100%;
}

.tobit-menu button:is(:hover, :focus) {
  background: var(--tobit-raised);
}
`,""]),o.d(i,{},{A:a})},200(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-Grid {
  background: var(--tobit-ground);
  border: 1px solid var(--tobit-line);
  border-radius: 6px;
  container-type: inline-size;
  display: flex;
  flex-direction: column;
  min-width: 0;
  overflow: hidden;
  position: relative;
}

.tobit-Grid-bar,
.tobit-Grid-pager {
  align-items: center;
  display: flex;
  flex: none;
  flex-wrap: wrap;
  gap: 6px 12px;
  min-height: 38px;
  padding: 5px 6px 5px 12px;
}

.tobit-Grid-bar {
  border-bottom: 1px solid var(--tobit-line);
  justify-content: space-between;
}

.tobit-Grid-summary {
  align-items: center;
  display: flex;
  flex-wrap: wrap;
  font-variant-numeric: tabular-nums;
  gap: 2px 10px;
  line-height: 20px;
  min-width: 0;
}

.tobit-Grid-summary strong {
  font-weight: 600;
}

.tobit-Grid-title {
  border-inline-end: 1px solid var(--tobit-line);
  font-family: var(--jp-code-font-family, monospace);
  font-size: 12px;
  padding-inline-end: 10px;
}

.tobit-Grid-tools {
  display: inline-flex;
  gap: 6px;
  margin-inline-start: auto;
}

.tobit-Grid-notice {
  background: color-mix(in srgb, var(--tobit-brand) 8%, transparent);
  border-bottom: 1px solid var(--tobit-line);
  color: var(--tobit-text);
  font-size: 12px;
  line-height: 18px;
  padding: 6px 12px;
}

.tobit-Grid-notice[data-kind='note'] {
  background: color-mix(in srgb, var(--jp-warn-color1, #f57c00) 10%, transparent);
}

.tobit-Grid-notice[data-kind='error'] {
  background: color-mix(in srgb, var(--jp-error-color1, #d32f2f) 12%, transparent);
}

.tobit-Grid-progress {
  height: 2px;
  margin-bottom: -2px;
  overflow: hidden;
  position: relative;
  visibility: hidden;
  z-index: 3;
}

.tobit-Grid-progress::after {
  animation: tobit-slide 1.1s ease-in-out infinite;
  background: var(--tobit-brand);
  content: '';
  inset: 0 70% 0 0;
  position: absolute;
}

.tobit-mod-busy .tobit-Grid-progress {
  visibility: visible;
}

.tobit-mod-busy .tobit-Grid-table tbody {
  opacity: 0.55;
}

@keyframes tobit-slide {
  from {
    transform: translateX(-110%);
  }

  to {
    transform: translateX(360%);
  }
}

@media (prefers-reduced-motion: reduce) {
  .tobit-Grid-progress::after {
    animation: none;
    inset: 0;
  }
}

.tobit-Grid-scroller {
  max-height: 440px;
  min-height: 0;
  overflow: auto;
  overscroll-behavior-x: contain;
}

/* JupyterLab styles every table in an output; the selector has to outweigh that. */
.tobit-Grid .tobit-Grid-scroller table.tobit-Grid-table {
  border: 0;
  border-collapse: separate;
  border-spacing: 0;
  color: inherit;
  font-size: 12.5px;
  line-height: 18px;
  margin: 0;
  min-width: 100%;
  table-layout: auto;
  width: max-content;
}

.tobit-Grid-table thead {
  border: 0;
  inset-block-start: 0;
  position: sticky;
  z-index: 2;
}

.tobit-Grid .tobit-Grid-table :is(th, td) {
  background: var(--tobit-ground);
  border: 0;
  border-bottom: 1px solid var(--tobit-line);
  font-weight: 400;
  max-width: 340px;
  min-width: 0;
  overflow: hidden;
  padding: 4px 12px;
  text-align: start;
  text-overflow: ellipsis;
  vertical-align: middle;
  white-space: pre;
}

.tobit-Grid .tobit-Grid-table tr {
  background: none;
}

.tobit-Grid .tobit-Grid-table tbody tr:last-child > * {
  border-bottom-color: transparent;
}

.tobit-Grid .tobit-Grid-table tbody tr:hover > * {
  background: var(--tobit-raised);
}

.tobit-Grid .tobit-Grid-table thead th {
  background: var(--tobit-raised);
  padding: 5px 12px 6px;
  vertical-align: bottom;
}

.tobit-Grid .tobit-Grid-table .tobit-kind-number {
  font-variant-numeric: tabular-nums;
  text-align: end;
}

.tobit-Grid .tobit-Grid-table .tobit-kind-time {
  font-variant-numeric: tabular-nums;
}

.tobit-Grid .tobit-Grid-table .tobit-Grid-number {
  color: var(--tobit-faint);
  font-size: 11px;
  font-variant-numeric: tabular-nums;
  inset-inline-start: 0;
  min-width: 28px;
  padding: 4px 8px;
  position: sticky;
  text-align: end;
  user-select: none;
  width: 1%;
  z-index: 1;
}

.tobit-Grid-sort {
  align-items: center;
  background: none;
  border: 0;
  color: var(--tobit-text);
  cursor: pointer;
  display: flex;
  font: inherit;
  font-weight: 600;
  gap: 3px;
  margin: 0 -6px;
  max-width: calc(100% + 12px);
  padding: 0 6px;
  border-radius: 3px;
}

.tobit-kind-number .tobit-Grid-sort {
  flex-direction: row-reverse;
  margin-inline-start: auto;
}

.tobit-Grid-sort:disabled {
  cursor: default;
}

.tobit-Grid-name {
  overflow: hidden;
  text-overflow: ellipsis;
}

.tobit-Grid-arrow {
  color: var(--tobit-faint);
  display: inline-flex;
  height: 14px;
  opacity: 0;
  width: 14px;
}

.tobit-Grid-sort:is(:hover, :focus-visible):enabled .tobit-Grid-arrow {
  opacity: 1;
}

.tobit-mod-sorted .tobit-Grid-arrow {
  color: var(--tobit-brand);
  opacity: 1;
  width: auto;
}

.tobit-Grid-arrow sub {
  align-self: end;
  font-size: 9px;
  line-height: 10px;
}

.tobit-Grid-type {
  color: var(--tobit-muted);
  display: block;
  font-size: 11px;
  line-height: 14px;
  overflow: hidden;
  text-overflow: ellipsis;
}

.tobit-Grid .tobit-Grid-filters[hidden] {
  display: none;
}

.tobit-Grid .tobit-Grid-table .tobit-Grid-filters td {
  background: var(--tobit-raised);
  padding: 0 6px 6px;
}

.tobit-Grid-filter {
  background: var(--tobit-ground);
  border: 1px solid var(--tobit-strong-line);
  border-radius: var(--tobit-radius);
  display: flex;
  height: 24px;
  min-width: 108px;
  overflow: hidden;
}

.tobit-Grid-filter:focus-within {
  border-color: var(--tobit-brand);
}

.tobit-Grid-condition {
  border-inline-end: 1px solid var(--tobit-line);
  color: var(--tobit-muted);
  flex: none;
  position: relative;
  width: 24px;
}

.tobit-Grid-sign {
  display: block;
  line-height: 22px;
  text-align: center;
}

/* The native list over the sign: nothing to build for keyboard, touch and screen readers. */
.tobit-Grid-operator {
  appearance: none;
  background: var(--tobit-ground);
  border: 0;
  color: var(--tobit-text);
  cursor: pointer;
  font: inherit;
  inset: 0;
  opacity: 0;
  position: absolute;
  width: 100%;
}

.tobit-Grid-condition:focus-within {
  background: color-mix(in srgb, var(--tobit-brand) 20%, transparent);
}

.tobit-Grid-filter > :is(input, select) {
  background: transparent;
  border: 0;
  color: inherit;
  flex: 1;
  font: inherit;
  min-width: 0;
  outline: 0;
  padding: 0 6px;
  width: 76px;
}

.tobit-Grid-filter > :is(input, select):focus-visible {
  outline: 0;
}

.tobit-Grid-filter > select option {
  background: var(--tobit-ground);
}

.tobit-Grid-filter > .tobit-mod-unused {
  visibility: hidden;
}

.tobit-Grid-null {
  color: var(--tobit-faint);
  font-size: 11px;
  font-style: italic;
}

.tobit-Grid .tobit-Grid-table td.tobit-Grid-empty {
  border: 0;
  color: var(--tobit-muted);
  max-width: none;
  padding: 22px 12px;
}

.tobit-Grid-empty > div {
  align-items: center;
  display: inline-flex;
  gap: 12px;
  inset-inline-start: 12px;
  position: sticky;
}

.tobit-Grid-pager {
  border-top: 1px solid var(--tobit-line);
  color: var(--tobit-muted);
  font-size: 12px;
  font-variant-numeric: tabular-nums;
}

.tobit-Grid-pager.tobit-mod-single {
  display: none;
}

.tobit-Grid-range {
  margin-inline-end: auto;
}

.tobit-Grid-moves {
  align-items: center;
  display: inline-flex;
  gap: 2px;
}

.tobit-Grid-total {
  padding: 0 6px 0 5px;
  white-space: nowrap;
}

.tobit-Grid-pager :is(input, select) {
  background: var(--tobit-ground);
  border: 1px solid var(--tobit-line);
  border-radius: var(--tobit-radius);
  color: var(--tobit-text);
  font: inherit;
  height: 26px;
  padding: 0 6px;
}

.tobit-Grid-pager :is(input, select):disabled {
  opacity: 0.6;
}

/* A phone: where we are on a line of its own. */
@container (max-width: 430px) {
  .tobit-Grid-range {
    flex-basis: 100%;
  }

  .tobit-Grid-pager {
    gap: 2px 4px;
    justify-content: space-between;
  }
}

.tobit-Grid-page {
  box-sizing: border-box;
  text-align: center;
  width: 56px;
}

.tobit-Preview {
  background: var(--jp-layout-color1);
  padding: 12px;
}

.tobit-Preview .tobit-Grid {
  max-height: 100%;
}

.tobit-Preview .tobit-Grid-scroller {
  max-height: none;
}
`,""]),o.d(i,{},{A:a})},634(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-magic-line {
  background: color-mix(in srgb, var(--jp-brand-color1, #1976d2) 7%, transparent);
}
`,""]),o.d(i,{},{A:a})},646(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=o.n(n),d=o(303),b=o(200),s=o(470),l=o(772),p=o(891),c=o(634),u=o(842),x=a()(e());x.i(d.A),x.i(b.A),x.i(s.A),x.i(l.A),x.i(p.A),x.i(c.A),x.i(u.A),x.push([t.id,`
`,""]),o.d(i,{},{A:x})},772(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-Network {
  position: relative;
}

.tobit-Network-plot {
  border: 1px solid var(--jp-border-color2, #ddd);
  border-radius: 6px;
  max-width: 100%;
  overflow: hidden;
}

.tobit-Network-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 8px;
  margin-bottom: 4px;
}

.tobit-Network-group {
  align-items: center;
  background: none;
  border: 1px solid transparent;
  border-radius: 10px;
  color: inherit;
  cursor: pointer;
  display: inline-flex;
  font-size: 12px;
  gap: 5px;
  padding: 1px 8px;
}

.tobit-Network-group:hover,
.tobit-Network-group[aria-pressed='true'] {
  border-color: var(--jp-border-color1, #bbb);
}

.tobit-Network-dot {
  border-radius: 50%;
  height: 10px;
  width: 10px;
}

.tobit-Network-details {
  background: var(--jp-layout-color1, #fff);
  border: 1px solid var(--jp-border-color1, #bbb);
  border-radius: 6px;
  font-size: 12px;
  max-height: 60%;
  max-width: 45%;
  overflow: auto;
  padding: 6px 10px;
  position: absolute;
  right: 8px;
  top: 36px;
  z-index: 1;
}

.tobit-Network-details[hidden] {
  display: none;
}

.tobit-Network-details th {
  font-weight: 500;
  padding-right: 10px;
  text-align: left;
  vertical-align: top;
}

.tobit-Network-note {
  color: var(--tobit-muted);
  font-size: 12px;
  margin: 4px 0 0;
}
`,""]),o.d(i,{},{A:a})},842(t,i,o){var r=o(601),e=o.n(r),n=o(314),a=(o.n(n))()(e());a.push([t.id,`.tobit-Status {
  align-items: center;
  background: none;
  border: 0;
  color: inherit;
  cursor: pointer;
  display: inline-flex;
  font: inherit;
  gap: 6px;
  height: 100%;
  padding: 0 6px;
}

.tobit-Status:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.tobit-Status-dot {
  background: var(--jp-ui-font-color3, #9e9e9e);
  border-radius: 50%;
  height: 8px;
  width: 8px;
}

.tobit-Status[data-state='running'] .tobit-Status-dot {
  background: var(--jp-success-color1, #388e3c);
}

.tobit-Status[data-state='starting'] .tobit-Status-dot {
  animation: tobit-pulse 1s ease-in-out infinite alternate;
  background: var(--jp-warn-color1, #f57c00);
}

.tobit-Status[data-state='down'] .tobit-Status-dot {
  background: transparent;
  box-shadow: inset 0 0 0 2px var(--jp-error-color1, #d32f2f);
}

@keyframes tobit-pulse {
  to {
    opacity: 0.35;
  }
}
`,""]),o.d(i,{},{A:a})},314(t){t.exports=function(t){var i=[];return i.toString=function(){return this.map(function(i){var o="",r=void 0!==i[5];return i[4]&&(o+="@supports (".concat(i[4],") {")),i[2]&&(o+="@media ".concat(i[2]," {")),r&&(o+="@layer".concat(i[5].length>0?" ".concat(i[5]):""," {")),o+=t(i),r&&(o+="}"),i[2]&&(o+="}"),i[4]&&(o+="}"),o}).join("")},i.i=function(t,o,r,e,n){"string"==typeof t&&(t=[[null,t,void 0]]);var a={};if(r)for(var d=0;d<this.length;d++){var b=this[d][0];null!=b&&(a[b]=!0)}for(var s=0;s<t.length;s++){var l=[].concat(t[s]);r&&a[l[0]]||(void 0!==n&&(void 0===l[5]||(l[1]="@layer".concat(l[5].length>0?" ".concat(l[5]):""," {").concat(l[1],"}")),l[5]=n),o&&(l[2]&&(l[1]="@media ".concat(l[2]," {").concat(l[1],"}")),l[2]=o),e&&(l[4]?(l[1]="@supports (".concat(l[4],") {").concat(l[1],"}"),l[4]=e):l[4]="".concat(e)),i.push(l))}},i}},601(t){t.exports=function(t){return t[1]}},72(t){var i=[];function o(t){for(var o=-1,r=0;r<i.length;r++)if(i[r].identifier===t){o=r;break}return o}function r(t,r){for(var e={},n=[],a=0;a<t.length;a++){var d=t[a],b=r.base?d[0]+r.base:d[0],s=e[b]||0,l="".concat(b," ").concat(s);e[b]=s+1;var p=o(l),c={css:d[1],media:d[2],sourceMap:d[3],supports:d[4],layer:d[5]};if(-1!==p)i[p].references++,i[p].updater(c);else{var u=function(t,i){var o=i.domAPI(i);return o.update(t),function(i){i?(i.css!==t.css||i.media!==t.media||i.sourceMap!==t.sourceMap||i.supports!==t.supports||i.layer!==t.layer)&&o.update(t=i):o.remove()}}(c,r);r.byIndex=a,i.splice(a,0,{identifier:l,updater:u,references:1})}n.push(l)}return n}t.exports=function(t,e){var n=r(t=t||[],e=e||{});return function(t){t=t||[];for(var a=0;a<n.length;a++){var d=o(n[a]);i[d].references--}for(var b=r(t,e),s=0;s<n.length;s++){var l=o(n[s]);0===i[l].references&&(i[l].updater(),i.splice(l,1))}n=b}}},659(t){var i={};t.exports=function(t,o){var r=function(t){if(void 0===i[t]){var o=document.querySelector(t);if(window.HTMLIFrameElement&&o instanceof window.HTMLIFrameElement)try{o=o.contentDocument.head}catch(t){o=null}i[t]=o}return i[t]}(t);if(!r)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");r.appendChild(o)}},540(t){t.exports=function(t){var i=document.createElement("style");return t.setAttributes(i,t.attributes),t.insert(i,t.options),i}},56(t,i,o){t.exports=function(t){var i=o.nc;i&&t.setAttribute("nonce",i)}},825(t){t.exports=function(t){if("u"<typeof document)return{update:function(){},remove:function(){}};var i=t.insertStyleElement(t);return{update:function(o){var r,e,n;r="",o.supports&&(r+="@supports (".concat(o.supports,") {")),o.media&&(r+="@media ".concat(o.media," {")),(e=void 0!==o.layer)&&(r+="@layer".concat(o.layer.length>0?" ".concat(o.layer):""," {")),r+=o.css,e&&(r+="}"),o.media&&(r+="}"),o.supports&&(r+="}"),(n=o.sourceMap)&&"u">typeof btoa&&(r+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(n))))," */")),t.styleTagTransform(r,i,t.options)},remove:function(){var t;null===(t=i).parentNode||t.parentNode.removeChild(t)}}}},113(t){t.exports=function(t,i){if(i.styleSheet)i.styleSheet.cssText=t;else{for(;i.firstChild;)i.removeChild(i.firstChild);i.appendChild(document.createTextNode(t))}}},959(t,i,o){var r=o(72),e=o.n(r),n=o(825),a=o.n(n),d=o(659),b=o.n(d),s=o(56),l=o.n(s),p=o(540),c=o.n(p),u=o(113),x=o.n(u),f=o(646),g={};g.styleTagTransform=x(),g.setAttributes=l(),g.insert=b().bind(null,"head"),g.domAPI=a(),g.insertStyleElement=c(),e()(f.A,g),f.A&&f.A.locals&&f.A.locals}}]);