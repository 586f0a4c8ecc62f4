import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/migration', lines: 80 });
