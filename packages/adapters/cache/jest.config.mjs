import { packageTests } from '../../../jest/preset.mjs';

export default packageTests({ name: '@markitect/adapter-cache', lines: 80 });
