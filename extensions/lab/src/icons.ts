import { LabIcon } from '@jupyterlab/ui-components';

import column from '../style/icons/column.svg';
import describe from '../style/icons/describe.svg';
import file from '../style/icons/file.svg';
import insert from '../style/icons/insert.svg';
import schema from '../style/icons/schema.svg';
import source from '../style/icons/source.svg';
import table from '../style/icons/table.svg';
import tobit from '../style/icons/tobit.svg';
import view from '../style/icons/view.svg';

const icon = (name: string, svgstr: string): LabIcon => new LabIcon({ name: `tobit:${name}`, svgstr });

export const tobitIcon = icon('tobit', tobit);
export const sourceIcon = icon('source', source);
export const schemaIcon = icon('schema', schema);
export const tableIcon = icon('table', table);
export const viewIcon = icon('view', view);
export const fileIcon = icon('file', file);
export const columnIcon = icon('column', column);
export const insertIcon = icon('insert', insert);
export const describeIcon = icon('describe', describe);
