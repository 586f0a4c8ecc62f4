import { packageTests } from '../../jest/preset.mjs';

export default packageTests({ name: '@markitect/api', lines: 80 });
