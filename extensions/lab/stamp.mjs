// Finishes bundle/: writes what it was made of (sources.json), and looks that the licences are there.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'style'];
const TEXTS = /\.(ts|css|js|json|svg)$/;

const files = SOURCES.flatMap(source =>
  /\.json$/.test(source)
    ? [source]
    : readdirSync(source, { recursive: true })
        .map(name => join(source, name).replaceAll('\\', '/'))
        .filter(name => TEXTS.test(name))
).sort();

// The same sum is made in tests/unit/notebook/test_lab_bundle.py: "<path>\0<text>\0" of each file, in order of path.
const sum = createHash('sha256');
for (const file of files) {
  sum.update(`${file}\0${readFileSync(file, 'utf8').replaceAll('\r\n', '\n')}\0`);
}

const bokeh = JSON.parse(readFileSync('node_modules/@bokeh/bokehjs/package.json', 'utf8')).version;
writeFileSync('bundle/sources.json', JSON.stringify({ sha256: sum.digest('hex'), bokeh }, null, 2) + '\n');

// JupyterLab shows these under Help > Licenses.
const { packages } = JSON.parse(readFileSync('bundle/static/third-party-licenses.json', 'utf8'));
if (!packages.some(({ name, extractedText }) => name === '@bokeh/bokehjs' && extractedText)) {
  throw new Error('The licence of BokehJS is missing from bundle/static/third-party-licenses.json.');
}
