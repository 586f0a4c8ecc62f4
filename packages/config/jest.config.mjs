import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/config', lines: 80 });
