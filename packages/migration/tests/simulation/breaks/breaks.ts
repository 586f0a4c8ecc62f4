import type { Break } from './break.js';
import { changingBreaks } from './changing.js';
import { copyingBreaks } from './copying.js';
import { markingBreaks } from './marking.js';

/** All deliberate bugs. The README has a table of them. */
export const breaks: readonly Break[] = [...markingBreaks, ...copyingBreaks, ...changingBreaks];
